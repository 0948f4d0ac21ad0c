/** The frame: a picture with its time and number. It flows through both programs. */

import type { AccessUnit } from "./access_unit.ts";
import { type FrameFormat, grayFormat, hasColor, planeBytes } from "./frame_format.ts";

/** A picture. After fan-out all readers share a frame, and it is read-only. */
export interface Frame {
  readonly format: FrameFormat;
  /**
   * `frameBytes(format)` bytes: the gray plane, and behind it the planes of the colors if it has them. None in a frame of
   * which only `encoded` is wanted.
   */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Counts the captured frames of the stream from 0. */
  readonly sequence: number;
  /** When the frame was complete, in milliseconds since the Unix epoch, fractional. */
  readonly capturedAt: number;
  /**
   * A placeholder says NO SIGNAL or WAITING while there is nothing to capture. It is shown, but not recorded
   * or processed, and has the number of the next captured frame. Undefined: a captured frame.
   */
  readonly kind?: "placeholder" | undefined;
  /** The H.264 that a received frame was decoded from, for records; undefined where the pixels are not of it alone. */
  readonly encoded?: EncodedFrame | undefined;
}

/** An access unit among those of its stream. */
export interface EncodedFrame {
  readonly unit: AccessUnit;
  /** Counts the units of the stream: a gap means that some before it are missing. */
  readonly number: number;
}

/** The gray plane of a frame, `width*height` bytes: a view, not a copy. */
export function grayPixels({ format, pixels }: Pick<Frame, "format" | "pixels">) {
  return hasColor(format) ? pixels.subarray(0, planeBytes(format)) : pixels;
}

/** The frame without its colors: a view, not a copy. */
export function grayFrame(frame: Frame): Frame {
  if (!hasColor(frame.format)) return frame;
  return { ...frame, format: grayFormat(frame.format), pixels: grayPixels(frame) };
}
