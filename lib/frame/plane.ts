/** The planes of a frame: gray, and U and V of a frame with colors. */

import type { Frame } from "./frame.ts";
import { chromaSize, hasColor, planeBytes } from "./frame_format.ts";
import type { FrameSize } from "./frame_size.ts";

/** A part of a frame: one byte per sample, rows without padding. */
export interface Plane extends FrameSize {
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/** The planes of a frame, as views of its pixels: `[gray]` or `[gray, u, v]`. */
export function planesOf({ format, pixels }: Pick<Frame, "format" | "pixels">): readonly Plane[] {
  const { width, height } = format;
  const grayBytes = planeBytes(format);
  const gray = { width, height, pixels: pixels.subarray(0, grayBytes) };
  if (!hasColor(format)) return [gray];
  const size = chromaSize(format);
  const bytes = planeBytes(size);
  const [u, v] = [0, 1].map((n) => {
    const from = grayBytes + n * bytes;
    return { ...size, pixels: pixels.subarray(from, from + bytes) };
  }) as [Plane, Plane];
  return [gray, u, v];
}
