/**
 * Decodes H.264 with one ffmpeg: an access unit in, the pixels of a frame out at once. After damage it waits for the next
 * keyframe. It owns that ffmpeg.
 */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { readWhole } from "../ffmpeg/read_whole.ts";
import { unitDecoderArguments } from "../ffmpeg/unit_arguments.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { Failure } from "../log/failure.ts";
import { FlvWriter } from "../wire/flv.ts";
import type { WireFrame } from "../wire/wire_frame.ts";
import type { Decoder } from "./platform.ts";

/** How long a unit may take, in milliseconds; the first one waits for ffmpeg's start. */
const DECODE_LIMIT_MS = 5000;

/** After so many damaged units, without a good one between them, it is not the stream that is at fault. */
const MAX_DAMAGED = 5;

/** The time of a frame for ffmpeg, which counts frames. */
const FRAME_MS = 40;

/** A NAL unit of filler data. ffmpeg begins to decode when it has read 32 bytes, and a flat picture has fewer. */
const FILLER = new Uint8Array([0, 0, 0, 1, 0x0c, ...Array(32).fill(0xff), 0x80]);

/** An ffmpeg that decodes. */
class Running implements AsyncDisposable {
  readonly #ffmpeg: FfmpegProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamBYOBReader;
  readonly #flv = new FlvWriter();
  #units = 0;

  /** Starts ffmpeg. Throws a `Failure` if it cannot. */
  constructor(format: FrameFormat) {
    const pipes = { stdin: "piped", stdout: "piped" } as const;
    this.#ffmpeg = new FfmpegProcess("ffmpeg", unitDecoderArguments(format), pipes);
    this.#input = this.#ffmpeg.stdin.getWriter();
    this.#output = this.#ffmpeg.stdout.getReader({ mode: "byob" });
  }

  get words(): string {
    return lastWords(this.#ffmpeg.lines);
  }

  /** The `length` bytes of a unit's picture; fewer if ffmpeg ends, or does not answer. */
  async decode(
    unit: Uint8Array<ArrayBuffer>,
    isKey: boolean,
    length: number,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const timer = setTimeout(() => this.#ffmpeg.kill(), DECODE_LIMIT_MS);
    try {
      const bytes = this.#units === 0 ? new Uint8Array([...unit, ...FILLER]) : unit;
      const tags = this.#flv.write({ bytes, isKey }, this.#units++ * FRAME_MS);
      this.#input.write(tags).catch(() => {}); // the output ends too
      return await readWhole(this.#output, length);
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ffmpeg.stop();
    await Promise.allSettled([this.#input.abort(), this.#output.cancel()]);
    await this.#ffmpeg[Symbol.asyncDispose]();
  }
}

export class UnitDecoder implements Decoder {
  readonly #format: FrameFormat;
  #running: Running;
  /** Whether the next unit that can be decoded is a keyframe. */
  #awaitsKey = true;
  #damaged = 0;

  /** Starts ffmpeg for units whose pictures become frames of `format`. Throws a `Failure` if it cannot. */
  constructor(format: FrameFormat) {
    this.#format = format;
    this.#running = new Running(format);
  }

  /**
   * The pixels of a unit; the buffer belongs to the caller. Undefined for a damaged unit, and for those after it that
   * need it. One call at a time. Throws a `Failure` if nothing can be decoded.
   */
  async decode({ payload, note }: WireFrame): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const isKey = note?.unit?.isKey ?? false;
    if (this.#awaitsKey && !isKey) return undefined;
    const length = frameBytes(this.#format);
    const pixels = await this.#running.decode(payload, isKey, length);
    if (pixels.length === length) {
      this.#awaitsKey = false;
      this.#damaged = 0;
      return pixels;
    }
    await this.#running[Symbol.asyncDispose]();
    if (++this.#damaged === MAX_DAMAGED) {
      throw new Failure(
        `Cannot decode H.264: ffmpeg says: ${this.#running.words}`,
        "--wire mjpeg and --wire y4m need no H.264 decoder",
      );
    }
    this.#awaitsKey = true;
    this.#running = new Running(this.#format);
    return undefined;
  }

  /** Stops ffmpeg. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#running[Symbol.asyncDispose]();
  }
}
