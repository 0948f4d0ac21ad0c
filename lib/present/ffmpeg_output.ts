/** An output that ffmpeg writes: frames go in with their own times, a file or a stream comes out. It owns its ffmpeg. */

import { lastWords } from "../ffmpeg/diagnose.ts";
import type { Codec } from "../ffmpeg/codecs.ts";
import { ffmpegFormat, fileFormat } from "../ffmpeg/formats.ts";
import { type FpsModeOption, fpsModeOption } from "../ffmpeg/fps_mode.ts";
import { outputArguments, type Written } from "../ffmpeg/output_arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { TextLineStream } from "../ffmpeg/text_line_stream.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { Clip, Progress } from "./clip.ts";
import { type Feed, pixelFeed, unitFeed } from "./feed.ts";

/** How long ffmpeg can take to finish the file at the end. */
const CLOSING_MS = 1800;

/** How long it can take from the request to stop to the end of the file: the program ends after 2.5 s. */
const STOP_MS = 2300;

/** How long a write can take once the program is asked to stop, and before that. */
const HURRY_MS = 700;
const STUCK_MS = 10_000;

export class FfmpegOutput implements Clip {
  readonly #name: string;
  readonly #feed: Feed;
  readonly #ffmpeg: FfmpegProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<void>;
  /** Where ffmpeg writes the newest still before it renames it; undefined for other outputs. */
  readonly #temporary: string | undefined;
  #first: number | undefined;
  /** The time of the last frame: they must grow. */
  #last = -1;
  #frames = 0;
  #bytes = 0;
  #broken = false;
  #begun = false;
  #isStuck = false;
  /** When the program was asked to stop, by `performance.now()`. */
  #hurriedAt: number | undefined;
  /** Runs while a frame is being written. */
  #timer: number | undefined;

  private constructor(
    written: Written,
    { take, ...version }: {
      readonly fpsModeOption?: FpsModeOption;
      readonly take?: ((bytes: Uint8Array) => void) | undefined;
    },
  ) {
    this.#name = written.name;
    this.#feed = written.copies ? unitFeed() : pixelFeed(written.format, written);
    const isNewest = fileFormat(written.name)?.stills && written.first === undefined;
    this.#temporary = isNewest ? `${written.name}.tmp` : undefined;
    const pipes = { stdin: "piped", stdout: "piped", detached: true } as const;
    this.#ffmpeg = new FfmpegProcess("ffmpeg", outputArguments(written, version), pipes);
    this.#writer = this.#ffmpeg.stdin.getWriter();
    this.#writer.closed.catch(() => this.#broken = true);
    this.#ffmpeg.ended.then(() => this.#broken = true);
    this.#writer.write(this.#feed.head).catch(() => {}); // the next write reports it
    this.#reading = take ? this.#readFile(take) : this.#readProgress();
  }

  /** Starts ffmpeg. Throws a `Failure` where it can't be started; `write` throws what it can't write. */
  static async open(
    name: string,
    { firstStill, take, ...options }: {
      format: FrameFormat;
      /** The usual rate. */
      fps: number;
      /** The number of the first still, where there is one for each frame. */
      firstStill?: number | undefined;
      codec?: Codec | undefined;
      crf?: number | undefined;
      /** Gets the bytes of the file, and owns them: no file is written, and `name` says only its format. */
      take?: ((bytes: Uint8Array) => void) | undefined;
      /** Whether the H.264 that the frames came as is stored as it is. */
      copies?: boolean | undefined;
    },
  ): Promise<FfmpegOutput> {
    const version = ffmpegFormat(name)?.asksForOwnTimes
      ? { fpsModeOption: await fpsModeOption() }
      : {};
    const written = { name, ...options, first: firstStill, toStdout: take !== undefined };
    return new FfmpegOutput(written, { ...version, take });
  }

  get progress(): Progress {
    const seconds = Math.max(0, this.#last) / 1000;
    return { seconds, bytes: this.#bytes, frames: this.#frames };
  }

  /** Writes a frame; waits for room. Throws a `Failure` where ffmpeg can't write. */
  async write(frame: Frame): Promise<boolean> {
    const { capturedAt } = frame;
    this.#first ??= capturedAt;
    const time = Math.max(this.#last + 1, Math.round(capturedAt - this.#first));
    this.#timer = setTimeout(
      () => this.#giveUp(),
      this.#hurriedAt === undefined ? STUCK_MS : HURRY_MS,
    );
    try {
      if (this.#broken) throw new Error("ffmpeg has ended");
      const writes = this.#feed.pieces(frame, time).map((piece) => this.#writer.write(piece));
      await Promise.all(writes);
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

  /** Whether ffmpeg has begun to write: the media server has accepted the stream. */
  get hasBegun(): boolean {
    return this.#begun;
  }

  hurry(): void {
    this.#hurriedAt ??= performance.now();
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#giveUp(), HURRY_MS);
  }

  /** Ends the file. Throws a `Failure` where that failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const passed = performance.now() - (this.#hurriedAt ?? performance.now());
    const time = Math.min(CLOSING_MS, STOP_MS - passed);
    const timer = setTimeout(() => this.#giveUp(), time);
    try {
      await this.#writer.close().catch(() => {}); // its exit code reports it
      const { success } = await this.#ffmpeg.ended;
      await this.#reading;
      if (success) return;
      if (this.#temporary) await Deno.remove(this.#temporary).catch(() => {}); // there may be none
      throw this.#failure();
    } finally {
      clearTimeout(timer);
      await this.#ffmpeg[Symbol.asyncDispose]();
    }
  }

  /** Kills an ffmpeg that does not respond: the write under way fails. */
  #giveUp(): void {
    this.#isStuck = true;
    this.#ffmpeg.kill();
  }

  #failure(cause?: unknown): Failure {
    const { lines } = this.#ffmpeg;
    if (this.#isStuck) {
      return new Failure(
        `Cannot write "${this.#name}": ffmpeg has stopped reading frames`,
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

  /** ffmpeg prints once a second how much it has written. */
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

  async #readFile(take: (bytes: Uint8Array) => void): Promise<void> {
    for await (const chunk of this.#ffmpeg.stdout) {
      this.#begun = true;
      this.#bytes += chunk.length;
      // The pipe's own buffer is larger than what was read into it.
      take(chunk.slice());
    }
  }
}

/** What ffmpeg prints, what it means, and what to do. */
const RULES: readonly (readonly [RegExp, string, string])[] = [
  [
    /No space left on device/,
    "the disk is full",
    "free some space; what was written before can be played",
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
  [/No such file or directory/, "there is no such directory", "create it, or name another file"],
  [/Permission denied/, "permission denied", "name a file in a directory that you can write to"],
  [
    /Broken pipe|Connection reset|Input\/output error|Connection timed out/,
    "the connection broke",
    "check the network and what the media server says",
  ],
];
