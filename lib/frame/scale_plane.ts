/** Scales planes of frames. Pure: a plane and a size in, samples out. */

import type { FrameSize } from "./frame_size.ts";
import type { Plane } from "./plane.ts";

/** Scales a plane: each sample is the mean of those that it covers (the nearest one when enlarging). */
export function scalePlane(plane: Plane, size: FrameSize): Uint8Array<ArrayBuffer> {
  const { pixels, width } = plane;
  const scaled = new Uint8Array(size.width * size.height);
  const columns = bounds(plane.width, size.width);
  const rows = bounds(plane.height, size.height);
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

/** The range of `from` source samples that the n-th of `to` samples covers: at least one. */
function bounds(from: number, to: number): (n: number) => [number, number] {
  return (n) => {
    const first = Math.floor(n * from / to);
    return [first, Math.max(first + 1, Math.floor((n + 1) * from / to))];
  };
}
