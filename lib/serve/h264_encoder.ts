/**
 * The H.264 encoder of a rung: one ffmpeg for all viewers, which runs only while there are some. Frames come from a
 * `Latest`, the newest one each time the encoder is free; access units go to `AccessUnits`.
 */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { runAll } from "../async/run_all.ts";
import { lastWords } from "../ffmpeg/diagnose.ts";
import {
  h264EncoderArguments,
  type H264EncoderName,
  type H264Encoding,
  heldFrames,
} from "../ffmpeg/h264_arguments.ts";
import { matroskaFrame, matroskaHead } from "../ffmpeg/matroska.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { AccessUnits } from "../frame/access_units.ts";
import { type Frame, grayPixels } from "../frame/frame.ts";
import { hasColor } from "../frame/frame_format.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { FlvReader } from "../wire/flv.ts";
import { EncoderLoop, FRAME_MS, type Retry, TOO_SLOW } from "./encoder_loop.ts";

export interface H264EncoderOptions extends H264Encoding {
  readonly encoder: H264EncoderName;
  /** The rate of the frames. */
  readonly fps: number;
  readonly log: Log;
}

/** A frame that is being encoded. */
interface Note extends Pick<Frame, "sequence" | "capturedAt" | "kind"> {
  /** In milliseconds, as ffmpeg gets it: no two have the same. */
  readonly time: number;
}

export class H264Encoder extends EncoderLoop {
  /** Ends with the frames, or when the encoder is disposed of. */
  readonly units: AccessUnits;
  readonly #options: H264EncoderOptions;

  constructor(frames: Latest<Frame>, options: H264EncoderOptions) {
    const units = new AccessUnits();
    super(frames, { output: units, kind: "H.264", log: options.log });
    this.units = units;
    this.#options = options;
  }

  protected override async encode(frames: Retry, signal: AbortSignal): Promise<void> {
    const { encoder } = this.#options;
    this.units.clear(); // those of an ffmpeg that has failed: a gap follows them
    const args = h264EncoderArguments(this.#options, { encoder });
    await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
    using running = new LinkedAbortController(signal);
    running.signal.addEventListener("abort", () => ffmpeg.kill(), { once: true });
    const encoding = new Encoding(ffmpeg, this.#options);
    await runAll([
      (control) => encoding.feed(frames, control),
      () => encoding.collect(this.units, () => frames.done()),
    ], running);
  }
}

/** One run of ffmpeg. */
class Encoding {
  readonly #ffmpeg: FfmpegProcess;
  readonly #options: H264EncoderOptions;
  /** The frames in ffmpeg, oldest first. */
  readonly #notes: Note[] = [];
  readonly #begun = performance.now();
  #time = -1;
  #isSlow = false;
  /** Whether the frames have ended. */
  #isFed = false;
  #ended = false;
  /** Wakes the writer that waits for ffmpeg. */
  #wake = () => {};

  constructor(ffmpeg: FfmpegProcess, options: H264EncoderOptions) {
    this.#ffmpeg = ffmpeg;
    this.#options = options;
  }

  /** Writes frames until they end. Never more than the encoder holds at a time. */
  async feed(frames: Retry, { signal }: { signal: AbortSignal }): Promise<void> {
    const { format, fps } = this.#options;
    const writer = this.#ffmpeg.stdin.getWriter();
    const write = (bytes: Uint8Array) => writer.write(bytes).catch(() => {}); // reading its output fails too
    try {
      write(matroskaHead(format, { fps }));
      for (let frame; (frame = await frames.next()) && !signal.aborted;) {
        const { sequence, capturedAt, kind } = frame;
        // Not the time of capture, which can jump.
        this.#time = Math.max(this.#time + 1, Math.round(performance.now() - this.#begun));
        this.#notes.push({ sequence, capturedAt, kind, time: this.#time });
        write(matroskaFrame(format, this.#time));
        await write(hasColor(format) ? frame.pixels : grayPixels(frame));
        await this.#room();
      }
    } finally {
      this.#isFed = true;
      await (signal.aborted ? writer.abort() : writer.close()).catch(() => {}); // ffmpeg has ended
    }
  }

  /** Reads units until ffmpeg ends. Calls `done` with each frame. */
  async collect(units: AccessUnits, done: () => void): Promise<void> {
    const output = this.#ffmpeg.stdout.getReader({ mode: "byob" });
    const reader = new FlvReader();
    const { size } = this.#options;
    try {
      for (let space = new Uint8Array(READ_BYTES);;) {
        const { value } = await output.read(space);
        if (!value?.length) return await this.#checkEnd();
        for (const { bytes, isKey, time } of reader.push(value)) {
          // An encoder may leave out a frame that does not fit into its bound.
          while ((this.#notes[0]?.time ?? time) < time) this.#notes.shift();
          const note = this.#notes.shift();
          if (!note) continue;
          const { sequence, capturedAt, kind } = note;
          done();
          units.put({ bytes, isKey, size, sequence, capturedAt, kind });
        }
        this.#wake();
        space = new Uint8Array(value.buffer);
      }
    } finally {
      this.#ended = true;
      this.#wake();
      await output.cancel();
    }
  }

  /** Waits until the encoder may hold one more frame. */
  async #room(): Promise<void> {
    const isFull = () => !this.#ended && this.#notes.length >= heldFrames(this.#options.encoder);
    if (!isFull()) return;
    const timer = setTimeout(() => {
      this.#isSlow = true;
      this.#ffmpeg.kill();
    }, FRAME_MS);
    while (isFull()) await new Promise<void>((resolve) => this.#wake = resolve);
    clearTimeout(timer);
  }

  /** Throws unless ffmpeg has ended because its frames have. */
  async #checkEnd(): Promise<void> {
    const { success, signal } = await this.#ffmpeg.ended;
    if (success && this.#isFed) return;
    if (this.#isSlow) throw new Error(TOO_SLOW);
    throw new Error(signal ? `ffmpeg was killed (${signal})` : lastWords(this.#ffmpeg.lines));
  }
}

/** The size of a pipe buffer. */
const READ_BYTES = 65536;
