/** The sizes of small pictures: few, so that those who want nearly the same share one encoder. */

import type { FrameSize } from "../frame/frame_size.ts";

/** The widths, in pixels. */
const WIDTHS = [160, 320, 640, 1280];

/** The size for a picture that is shown `width` pixels wide, at least that wide if `size` is; 0: the full size. */
export function tileSize(size: FrameSize, width: number): FrameSize {
  const fitting = width > 0 ? WIDTHS.find((one) => one >= width) : undefined;
  if (fitting === undefined || fitting >= size.width) {
    return { width: size.width, height: size.height };
  }
  return { width: fitting, height: Math.max(1, Math.round(size.height * fitting / size.width)) };
}
