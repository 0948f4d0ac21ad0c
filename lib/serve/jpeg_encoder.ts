/**
 * The JPEG encoder of a stream: one ffmpeg for all viewers, which runs only while there are some. Frames come from a
 * `Latest`, the newest one each time the encoder is free; JPEGs go to another. A `Lossless` waits for the encoder, and
 * the encoder for the readers of its JPEGs.
 */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { jpegEncoderArguments } from "../ffmpeg/jpeg_arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { pause } from "../async/aborted.ts";
import { messageOf } from "../log/failure.ts";
import { type Frame, grayPixels } from "../frame/frame.ts";
import { type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { Jpeg } from "../frame/jpeg.ts";
import { Latest, type LatestReader } from "../frame/latest.ts";
import { Lossless } from "../frame/lossless.ts";
import type { Log } from "../log/log.ts";
import { MjpegReader } from "../wire/mjpeg.ts";

export type { Jpeg };

/** How long a frame may take; the first one includes the start of ffmpeg. */
const FRAME_MS = 5000;
const TOO_SLOW = `a frame took longer than ${FRAME_MS / 1000} s`;

/** How long after a failure the encoder starts again. */
const RESTART_MS = 1000;

export interface JpegEncoderOptions {
  /** Of the pictures: that of the frames, or gray of the same size. */
  readonly format: FrameFormat;
  /** 1 to 100. */
  readonly quality: number;
  readonly log: Log;
}

/** Encodes each frame once for all viewers. */
export class JpegEncoder implements AsyncDisposable {
  /** The newest JPEG. Ends with the frames, or when the encoder is disposed of. */
  readonly jpegs: Latest<Jpeg>;
  readonly #frames: Latest<Frame>;
  readonly #options: JpegEncoderOptions;
  #watchers = 0;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(frames: Latest<Frame>, options: JpegEncoderOptions) {
    this.#frames = frames;
    this.#options = options;
    this.jpegs = frames.isLossless ? new Lossless({ members: 0 }) : new Latest();
  }

  /** Encodes until all callers have disposed of what this returns. */
  watch(): Disposable {
    if (this.#watchers++ === 0) this.#start();
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over && --this.#watchers === 0) this.#stop?.abort();
        over = true;
      },
    };
  }

  /** Stops the encoder and ends its JPEGs, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop?.abort();
    this.jpegs.end(this.#frames.ending ?? "removed");
    await this.#running;
  }

  #start(): void {
    const { signal } = this.#stop = new AbortController();
    // At once: from now on a lossless stream waits for it.
    const frames = new Retry(this.#frames, { signal });
    // The previous encoder may still be running.
    this.#running = this.#running.then(() => this.#run(frames, signal));
  }

  async #run(given: Retry, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    using frames = given;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        log.debug("the JPEG encoder starts: there is a viewer");
        await this.#encode(frames, signal);
        break;
      } catch (thrown) {
        if (signal.aborted) break;
        const line = `the JPEG encoder failed and starts again in 1 s: ${messageOf(thrown)}`;
        if (failures === 0) log.warn(line);
        else log.debug(line);
        await pause(RESTART_MS, signal);
      }
    }
    this.jpegs.clear(); // the next viewer must not see an old picture
    if (this.#frames.isEnded && !signal.aborted) this.jpegs.end(this.#frames.ending);
    log.debug("the JPEG encoder has stopped");
  }

  /** Runs one ffmpeg until the frames end, it fails, or abort. */
  async #encode(frames: Retry, signal: AbortSignal): Promise<void> {
    const { format, quality } = this.#options;
    const args = jpegEncoderArguments(format, { quality });
    await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
    const stop = () => ffmpeg.stop();
    signal.addEventListener("abort", stop, { once: true });
    const writer = ffmpeg.stdin.getWriter();
    const output = ffmpeg.stdout.getReader({ mode: "byob" });
    const reader = new MjpegReader(format);
    let slow = false;
    try {
      for (let frame; (frame = await frames.next());) {
        const { sequence, capturedAt, kind } = frame;
        const written = writer.write(hasColor(format) ? frame.pixels : grayPixels(frame));
        written.catch(() => {}); // ffmpeg has exited: reading its output fails too
        const timer = setTimeout(() => {
          slow = true;
          ffmpeg.kill();
        }, FRAME_MS);
        let jpeg;
        try {
          while (!(jpeg = reader.take())) {
            const space = new Uint8Array(Math.min(reader.space.length, READ_BYTES));
            const { value, done } = await output.read(space);
            if (done || !value) throw new Error(slow ? TOO_SLOW : lastWords(ffmpeg.lines));
            reader.space.set(value);
            reader.filled(value.length, 0);
          }
          await written;
        } finally {
          clearTimeout(timer);
        }
        if (this.jpegs.isLossless) await this.jpegs.room({ signal });
        frames.done();
        this.jpegs.put({ bytes: jpeg.payload, sequence, capturedAt, kind });
      }
      // Readers of a lossless stream take the last one, too.
      if (this.jpegs.isLossless) await this.jpegs.room({ signal });
    } finally {
      signal.removeEventListener("abort", stop);
      await Promise.allSettled([writer.abort(), output.cancel()]);
    }
  }
}

/** The frames of an encoder that may fail: one that is not done is given again. It is read from the beginning. */
class Retry implements Disposable {
  readonly #reader: LatestReader<Frame>;
  readonly #isLossless: boolean;
  #last: Frame | undefined;

  constructor(frames: Latest<Frame>, { signal }: { signal: AbortSignal }) {
    this.#reader = frames.reader({ signal, every: true });
    this.#isLossless = frames.isLossless;
  }

  /** The next frame, or the last one if it was not done and there is none newer; undefined at the end. */
  async next(): Promise<Frame | undefined> {
    const again = this.#last;
    if (again && (this.#isLossless || this.#reader.missed() === 0)) return again;
    return this.#last = (await this.#reader.take())?.value;
  }

  done(): void {
    this.#last = undefined;
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}

/** The size of a pipe buffer. */
const READ_BYTES = 65536;
