/** Frames for tests whose bytes name their place. */

import type { Frame } from "../../lib/frame/frame.ts";

/**
 * A frame in which the pixel of row `y` and column `x` is `10*y + x`, plus 100 for every second
 * frame: small sizes only, as 4x3.
 */
export function placeFrame(
  { width = 4, height = 3, sequence = 0, capturedAt = 0 }: Partial<Frame> = {},
): Frame {
  const pixels = Uint8Array.from(
    { length: width * height },
    (_, i) => 10 * Math.floor(i / width) + i % width + 100 * (sequence % 2),
  );
  return { pixels, width, height, sequence, capturedAt };
}
