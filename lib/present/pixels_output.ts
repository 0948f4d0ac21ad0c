/** A raw file in chosen pixels: frames go in, each is converted and written whole. It owns the file and the converter. */

import { isPacked, type RawPixels } from "../ffmpeg/raw_pixels.ts";
import { fitFrame } from "../frame/fit_frame.ts";
import type { Frame } from "../frame/frame.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { Failure } from "../log/failure.ts";
import type { Clip, Progress } from "./clip.ts";
import { quotedName } from "./output_file.ts";
import { PixelConverter } from "./pixel_converter.ts";
import { RawOutput } from "./raw_output.ts";

/** Gives the pixels to write. */
type Convert = (frame: Frame) => Uint8Array<ArrayBuffer> | Promise<Uint8Array<ArrayBuffer>>;

export class PixelsOutput implements Clip {
  readonly #file: RawOutput;
  readonly #convert: Convert;
  readonly #converter: PixelConverter | undefined;

  private constructor(
    file: RawOutput,
    { convert, converter }: { convert: Convert; converter?: PixelConverter },
  ) {
    this.#file = file;
    this.#convert = convert;
    this.#converter = converter;
  }

  /** Opens `name` for frames of `format`; `-` is stdout. Throws a `Failure` where it can't. */
  static async open(
    name: string,
    { format, pixels }: { format: FrameFormat; pixels: RawPixels },
  ): Promise<PixelsOutput> {
    if (!isPacked(pixels)) {
      // For gray a view of the frame, for colors the frame itself or, without any, neutral ones behind it.
      const convert = (frame: Frame) => fitFrame(frame, { ...format, pixels }).pixels;
      return new PixelsOutput(await RawOutput.open(name), { convert });
    }
    checkPackable(format, { pixels, name });
    const file = await RawOutput.open(name);
    try {
      const converter = new PixelConverter(format, { pixels, name });
      return new PixelsOutput(file, { convert: (frame) => converter.convert(frame), converter });
    } catch (thrown) {
      await file[Symbol.asyncDispose]();
      throw thrown;
    }
  }

  get progress(): Progress {
    return this.#file.progress;
  }

  /** Writes a frame, as `RawOutput.write` does. Throws a `Failure` where it can't be converted. */
  async write(frame: Frame): Promise<boolean> {
    const pixels = await this.#convert(frame);
    return await this.#file.write({ ...frame, pixels });
  }

  hurry(): void {
    this.#converter?.hurry();
  }

  /** Stops the converter, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#converter?.[Symbol.asyncDispose]();
    await this.#file[Symbol.asyncDispose]();
  }
}

/** ffmpeg starts at the tenth byte of its input: smaller frames would wait for each other. */
const LEAST_BYTES = 10;

function checkPackable(
  format: FrameFormat,
  { pixels, name }: { pixels: RawPixels; name: string },
): void {
  if (frameBytes(format) >= LEAST_BYTES) return;
  throw new Failure(
    `Cannot write ${quotedName(name)}: ffmpeg cannot convert frames of ${
      formatFrameSize(format)
    } to ${pixels}, they are too small`,
    "use --pixels gray or --pixels yuv420p, or scale the frames with the server's -r",
  );
}
