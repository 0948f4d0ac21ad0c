/** Fits gray pictures into another size. Pure: a frame and a size in, pixels out. */

import type { Frame } from "./frame.ts";
import type { FrameSize } from "./frame_size.ts";
import { scaleGray } from "./scale_gray.ts";

/** Scales a frame so that all of it is in the new picture; black bars keep its aspect ratio. */
export function fitGray(frame: Frame, size: FrameSize): Uint8Array<ArrayBuffer> {
  const factor = Math.min(size.width / frame.width, size.height / frame.height);
  const width = Math.max(1, Math.min(size.width, Math.round(frame.width * factor)));
  const height = Math.max(1, Math.min(size.height, Math.round(frame.height * factor)));
  const scaled = scaleGray(frame, { width, height });
  if (width === size.width && height === size.height) return scaled;
  const fitted = new Uint8Array(size.width * size.height);
  const left = (size.width - width) >> 1;
  const top = (size.height - height) >> 1;
  for (let y = 0; y < height; y++) {
    const row = scaled.subarray(y * width, (y + 1) * width);
    fitted.set(row, (top + y) * size.width + left);
  }
  return fitted;
}
