/** Frames for tests whose bytes name their place. */

import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat } from "../../lib/frame/frame_format.ts";
import { planesOf } from "../../lib/frame/plane.ts";

/** The byte at the beginning of each plane. */
const FIRST = [0, 60, 80];

/**
 * A frame in which the pixel of row `y` and column `x` is `10*y + x`, plus 100 for every second frame: small sizes only,
 * as 4x3. With colors, U is `60 + 10*y + x` and V is `80 + 10*y + x`, plus 100 likewise.
 */
export function placeFrame(
  { width = 4, height = 3, pixels: kind = "gray", sequence = 0, capturedAt = 0 }:
    & Partial<FrameFormat>
    & Partial<Pick<Frame, "sequence" | "capturedAt">> = {},
): Frame {
  const format: FrameFormat = { width, height, pixels: kind };
  const pixels = new Uint8Array(frameBytes(format));
  for (const [i, plane] of planesOf({ format, pixels }).entries()) {
    const first = (FIRST[i] ?? 0) + 100 * (sequence % 2);
    plane.pixels.forEach((_, at) => {
      plane.pixels[at] = first + 10 * Math.floor(at / plane.width) + at % plane.width;
    });
  }
  return { format, pixels, sequence, capturedAt };
}
