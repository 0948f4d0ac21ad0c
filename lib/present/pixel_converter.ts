/** Converts frames to packed pixels with one ffmpeg: a frame in, its picture out at once. It owns that ffmpeg. */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { packArguments, packedBytes, type PackedPixels } from "../ffmpeg/raw_pixels.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { Failure } from "../log/failure.ts";
import { quotedName } from "./output_file.ts";

/** How long a frame can take, the first one from ffmpeg's start, and once the program is asked to stop. */
const CONVERT_MS = 10_000;
const HURRY_MS = 700;

export class PixelConverter implements AsyncDisposable {
  readonly #name: string;
  readonly #bytes: number;
  readonly #ffmpeg: FfmpegProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamBYOBReader;
  #isStuck = false;
  #isHurried = false;
  /** Runs while a frame is being converted. */
  #timer: number | undefined;

  /** Starts ffmpeg for frames of `format`. Throws a `Failure` if it cannot. */
  constructor(
    format: FrameFormat,
    { pixels, name }: {
      pixels: PackedPixels;
      /** Of the output, for messages. */
      name: string;
    },
  ) {
    this.#name = name;
    this.#bytes = packedBytes(format);
    const pipes = { stdin: "piped", stdout: "piped", detached: true } as const;
    this.#ffmpeg = new FfmpegProcess("ffmpeg", packArguments(format, pixels), pipes);
    this.#input = this.#ffmpeg.stdin.getWriter();
    this.#input.closed.catch(() => {}); // `convert` reports it
    this.#output = this.#ffmpeg.stdout.getReader({ mode: "byob" });
  }

  /** The picture of a frame; the buffer belongs to the caller. One call at a time. Throws a `Failure`. */
  async convert({ pixels }: Pick<Frame, "pixels">): Promise<Uint8Array<ArrayBuffer>> {
    this.#limit(this.#isHurried ? HURRY_MS : CONVERT_MS);
    try {
      this.#input.write(pixels).catch(() => {}); // the output ends too
      const picture = await readWhole(this.#output, this.#bytes);
      if (picture.length === this.#bytes) return picture;
      const { signal } = await this.#ffmpeg.ended;
      throw this.#failure(signal);
    } finally {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  /** The program is asked to stop: an ffmpeg that does not respond is given up soon. */
  hurry(): void {
    this.#isHurried = true;
    if (this.#timer !== undefined) this.#limit(HURRY_MS);
  }

  /** Stops ffmpeg. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg.stop();
    await Promise.allSettled([this.#input.abort(), this.#output.cancel()]);
    await this.#ffmpeg[Symbol.asyncDispose]();
  }

  /** Kills ffmpeg after a time: the conversion under way fails. */
  #limit(milliseconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isStuck = true;
      this.#ffmpeg.kill();
    }, milliseconds);
  }

  #failure(signal: Deno.Signal | null): Failure {
    const { lines } = this.#ffmpeg;
    const why = this.#isStuck
      ? "ffmpeg has stopped reading frames"
      : signal
      ? `ffmpeg was killed (${signal})`
      : lines.length > 0
      ? `ffmpeg says: ${lastWords(lines)}`
      : "ffmpeg ended";
    return new Failure(
      `Cannot write ${quotedName(this.#name)}: ${why}`,
      "--pixels gray and --pixels yuv420p need no ffmpeg; --log-level debug shows more",
    );
  }
}
