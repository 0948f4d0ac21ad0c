/**
 * The JPEG encoder of a stream: one ffmpeg for all viewers, which runs only while there are some. Frames come from a
 * `Latest`, the newest one each time the encoder is free; JPEGs go to another. A `Lossless` waits for the encoder, and
 * the encoder for the readers of its JPEGs.
 */

import { lastWords } from "../ffmpeg/diagnose.ts";
import { jpegEncoderArguments } from "../ffmpeg/jpeg_arguments.ts";
import { FfmpegProcess } from "../ffmpeg/process.ts";
import { type Frame, grayPixels } from "../frame/frame.ts";
import { type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Jpeg } from "../frame/jpeg.ts";
import { Latest } from "../frame/latest.ts";
import { Lossless } from "../frame/lossless.ts";
import type { Log } from "../log/log.ts";
import { MjpegReader } from "../wire/mjpeg.ts";
import { EncoderLoop, FRAME_MS, type Retry, TOO_SLOW } from "./encoder_loop.ts";

export interface JpegEncoderOptions {
  /** Of the pictures: that of the frames, or gray of the same size. */
  readonly format: FrameFormat;
  /** The size to which the pictures are scaled; by default they are not. */
  readonly size?: FrameSize;
  /** 1 to 100. */
  readonly quality: number;
  readonly log: Log;
}

/** Encodes each frame once for all viewers. */
export class JpegEncoder extends EncoderLoop {
  /** The newest JPEG. Ends with the frames, or when the encoder is disposed of. */
  readonly jpegs: Latest<Jpeg>;
  readonly #options: JpegEncoderOptions;

  constructor(frames: Latest<Frame>, options: JpegEncoderOptions) {
    const jpegs = frames.isLossless ? new Lossless<Jpeg>({ members: 0 }) : new Latest<Jpeg>();
    super(frames, { output: jpegs, kind: "JPEG", log: options.log });
    this.jpegs = jpegs;
    this.#options = options;
  }

  protected override async encode(frames: Retry, signal: AbortSignal): Promise<void> {
    const { format, size = format, quality } = this.#options;
    const args = jpegEncoderArguments(format, { quality, size });
    await using ffmpeg = new FfmpegProcess("ffmpeg", args, { stdin: "piped", stdout: "piped" });
    const stop = () => ffmpeg.stop();
    signal.addEventListener("abort", stop, { once: true });
    const writer = ffmpeg.stdin.getWriter();
    const output = ffmpeg.stdout.getReader({ mode: "byob" });
    const reader = new MjpegReader(size);
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

/** The size of a pipe buffer. */
const READ_BYTES = 65536;
