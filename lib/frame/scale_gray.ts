/** Scales gray pictures. Pure: a frame and a size in, pixels out. */

import type { Frame } from "./frame.ts";
import type { FrameSize } from "./frame_size.ts";

/** Scales a frame: each pixel is the mean of the pixels that it covers (the nearest one when enlarging). */
export function scaleGray(frame: Frame, size: FrameSize): Uint8Array<ArrayBuffer> {
  const { pixels, width } = frame;
  const scaled = new Uint8Array(size.width * size.height);
  const columns = bounds(frame.width, size.width);
  const rows = bounds(frame.height, size.height);
  for (let y = 0, at = 0; y < size.height; y++) {
    const [top, bottom] = rows(y);
    for (let x = 0; x < size.width; x++, at++) {
      const [left, right] = columns(x);
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        for (let i = row * width + left; i < row * width + right; i++) sum += pixels[i] ?? 0;
      }
      scaled[at] = sum / ((bottom - top) * (right - left));
    }
  }
  return scaled;
}

/** The range of `from` source pixels that the n-th of `to` pixels covers: at least one pixel. */
function bounds(from: number, to: number): (n: number) => [number, number] {
  return (n) => {
    const first = Math.floor(n * from / to);
    return [first, Math.max(first + 1, Math.floor((n + 1) * from / to))];
  };
}
