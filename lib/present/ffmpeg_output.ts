/** An output that ffmpeg writes: frames go in with their own times, a file or a stream comes out. */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { matroskaFrame, matroskaHead } from "../ffmpeg/matroska.ts";
import { type Codec, fileFormat, streamFormat } from "../ffmpeg/formats.ts";
import { outputArguments, type Written } from "../ffmpeg/output_arguments.ts";
import { ownTimesOption } from "../ffmpeg/own_times.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { TextLineStream } from "../ffmpeg/text_line_stream.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Clip, Progress } from "./clip.ts";

/** How long ffmpeg may take to write what it has at the end, in milliseconds. */
const CLOSING = 1800;

/** How long a write may still take when we are asked to stop, in milliseconds. */
const HURRY = 700;

/** How long it may take nothing before it counts as stuck, in milliseconds. */
const STUCK = 10_000;

export class FfmpegOutput implements Clip {
  readonly #name: string;
  readonly #size: FrameSize;
  readonly #ffmpeg: FfmpegProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  #first: number | undefined;
  /** The time of the last frame: they must grow. */
  #last = -1;
  #frames = 0;
  #bytes = 0;
  #broken = false;
  #begun = false;
  #isStuck = false;
  /** Runs while a frame is being written. */
  #timer: number | undefined;

  private constructor(written: Written, { size }: { size: FrameSize }) {
    this.#name = written.name;
    this.#size = size;
    const pipes = { stdin: "piped", stdout: "piped", detached: true } as const;
    this.#ffmpeg = new FfmpegProcess("ffmpeg", outputArguments(written), pipes);
    this.#writer = this.#ffmpeg.stdin.getWriter();
    this.#writer.closed.catch(() => this.#broken = true);
    this.#ffmpeg.ended.then(() => this.#broken = true);
    this.#writer.write(matroskaHead(size, written)).catch(() => {}); // the next one tells
    this.#reading = this.#readProgress();
  }

  /** Starts ffmpeg. Throws a `Failure` where it can't be started; what it can't write, `write` tells. */
  static async open(
    name: string,
    { size, ...options }: {
      size: FrameSize;
      /** The usual rate. */
      fps: number;
      /** The number of the first still, where there is one for each frame. */
      first?: number | undefined;
      codec?: Codec | undefined;
      crf?: number | undefined;
    },
  ): Promise<FfmpegOutput> {
    const format = streamFormat(name) ?? fileFormat(name);
    const ownTimes = format?.asksForOwnTimes ? await ownTimesOption() : [];
    return new FfmpegOutput({ name, ...options, ownTimes }, { size });
  }

  get progress(): Progress {
    const seconds = Math.max(0, this.#last) / 1000;
    return { seconds, bytes: this.#bytes, frames: this.#frames };
  }

  /** Writes a frame; waits for room. Throws a `Failure` where ffmpeg can't write. */
  async write({ pixels, capturedAt }: Frame): Promise<boolean> {
    this.#first ??= capturedAt;
    const time = Math.max(this.#last + 1, Math.round(capturedAt - this.#first));
    this.#timer = setTimeout(() => this.#giveUp(), STUCK);
    try {
      if (this.#broken) throw new Error("ffmpeg has ended");
      this.#writer.write(matroskaFrame(this.#size, time)).catch(() => {});
      await this.#writer.write(pixels);
    } catch (thrown) {
      await this.#ffmpeg.ended;
      throw this.#failure(thrown);
    } finally {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
    this.#last = time;
    this.#frames++;
    return true;
  }

  /** Whether ffmpeg has begun to write: its stream was accepted. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  hurry(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), HURRY);
  }

  /** Ends the file. Throws a `Failure` where that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const timer = setTimeout(() => this.#giveUp(), CLOSING);
    try {
      await this.#writer.close().catch(() => {}); // its exit code tells
      const { success } = await this.#ffmpeg.ended;
      await this.#reading;
      if (!success) throw this.#failure();
    } finally {
      clearTimeout(timer);
      await this.#ffmpeg[Symbol.asyncDispose]();
    }
  }

  /** Ends an ffmpeg that gives no answer: the write under way fails. */
  #giveUp(): void {
    this.#isStuck = true;
    this.#ffmpeg.kill();
  }

  #failure(cause?: unknown): Failure {
    const { lines } = this.#ffmpeg;
    if (this.#isStuck) {
      return new Failure(
        `Cannot write "${this.#name}": ffmpeg does not take frames any more`,
        "check the disk or the media server that it writes to",
        { cause },
      );
    }
    const known = RULES.find(([pattern]) => lines.some((line) => pattern.test(line)));
    const [, why, hint] = known ?? [
      undefined,
      lines.length > 0 ? `ffmpeg says: ${lastWords(lines)}` : "ffmpeg ended",
      "--log-level debug shows more",
    ];
    return new Failure(`Cannot write "${this.#name}": ${why}`, hint, { cause });
  }

  /** ffmpeg says once a second how much it has written. */
  async #readProgress(): Promise<void> {
    const lines = this.#ffmpeg.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      if (/^frame=[1-9]/.test(line)) this.#begun = true;
      const [, bytes] = /^total_size=(\d+)$/.exec(line) ?? [];
      if (bytes !== undefined) this.#bytes = Number(bytes);
    }
  }
}

/** What ffmpeg says, what it means, what to do. */
const RULES: readonly (readonly [RegExp, string, string])[] = [
  [
    /No space left on device/,
    "the disk is full",
    "make room: what was written before can be played",
  ],
  [
    /Unknown encoder/,
    "this ffmpeg can't encode it",
    "install a complete ffmpeg, or choose another format",
  ],
  [
    /Connection refused/,
    "the connection was refused",
    "check the address and that its server is running",
  ],
  [
    /Failed to resolve hostname|Name or service not known/,
    "the host was not found",
    "check the host's name and the network",
  ],
  [/No such file or directory/, "there is no such directory", "make it, or name another file"],
  [/Permission denied/, "not allowed", "name a file in a directory that you may write to"],
  [
    /Broken pipe|Connection reset|Input\/output error|Connection timed out/,
    "the connection broke",
    "check the network and what the media server says",
  ],
];
