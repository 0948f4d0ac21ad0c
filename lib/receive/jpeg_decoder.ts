/**
 * Decodes JPEGs with one ffmpeg: a JPEG in, the pixels of a frame out at once. It owns that ffmpeg.
 */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { jpegDecoderArguments } from "../ffmpeg/jpeg_arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import { Failure } from "../log/failure.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { MJPEG_PREAMBLE, writeMjpegPart } from "../wire/mjpeg.ts";

/** How long a JPEG may take, in milliseconds; the first one waits for ffmpeg's start. */
const DECODE_LIMIT_MS = 5000;

export class JpegDecoder implements AsyncDisposable {
  readonly #bytes: number;
  readonly #ffmpeg: FfmpegProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamBYOBReader;
  #decoded = 0;

  /** Starts ffmpeg for JPEGs of the size of `format`, which become frames of it. Throws a `Failure` if it cannot. */
  constructor(format: FrameFormat) {
    this.#bytes = frameBytes(format);
    const pipes = { stdin: "piped", stdout: "piped" } as const;
    this.#ffmpeg = new FfmpegProcess("ffmpeg", jpegDecoderArguments(format), pipes);
    this.#input = this.#ffmpeg.stdin.getWriter();
    this.#output = this.#ffmpeg.stdout.getReader({ mode: "byob" });
    this.#input.write(new TextEncoder().encode(MJPEG_PREAMBLE)).catch(() => {}); // `decode` reports it
  }

  /** The pixels of a whole JPEG; the buffer belongs to the caller. One call at a time. Throws a `Failure`. */
  async decode(
    { payload: jpeg }: { readonly payload: Uint8Array },
  ): Promise<Uint8Array<ArrayBuffer>> {
    let slow = false;
    const timer = setTimeout(() => {
      slow = true;
      this.#ffmpeg.kill();
    }, DECODE_LIMIT_MS);
    try {
      const note = { sequence: this.#decoded, capturedAt: 0 };
      this.#input.write(writeMjpegPart(jpeg, note)).catch(() => {}); // the output ends too
      const pixels = await readWhole(this.#output, this.#bytes);
      if (pixels.length === this.#bytes) {
        this.#decoded++;
        return pixels;
      }
    } finally {
      clearTimeout(timer);
    }
    const { signal } = await this.#ffmpeg.ended;
    const why = slow
      ? "ffmpeg did not answer"
      : signal
      ? `ffmpeg was killed (${signal})`
      : `ffmpeg says: ${lastWords(this.#ffmpeg.lines)}`;
    throw new Failure(
      `Cannot decode JPEG ${this.#decoded}: ${why}`,
      "the picture is damaged, or ffmpeg was stopped; use --wire y4m, which needs no decoder",
    );
  }

  /** Stops ffmpeg. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg.stop();
    await Promise.allSettled([this.#input.abort(), this.#output.cancel()]);
    await this.#ffmpeg[Symbol.asyncDispose]();
  }
}
