/** Masks: rectangles of a picture that are black before anything else sees the frame. Pure. */

import { chromaSize, type FrameFormat, NEUTRAL } from "./frame_format.ts";
import type { FrameSize } from "./frame_size.ts";
import { planesOf } from "./plane.ts";

/** A rectangle, in pixels from the upper left corner of the picture: `x` and `y` from 0, the sides from 1. */
export interface Mask extends FrameSize {
  readonly x: number;
  readonly y: number;
}

/** Reads `X,Y,WIDTH,HEIGHT`; undefined for any other text. */
export function parseMask(text: string): Mask | undefined {
  const digits = /^ *(\d{1,5}) *, *(\d{1,5}) *, *(\d{1,5}) *, *(\d{1,5}) *$/.exec(text);
  if (!digits) return undefined;
  const [x = 0, y = 0, width = 0, height = 0] = digits.slice(1).map(Number);
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** Writes a mask as `parseMask` reads it. */
export function formatMask({ x, y, width, height }: Mask): string {
  return [x, y, width, height].join(",");
}

/** The first mask that is not completely inside a picture of this size; undefined if all are. */
export function maskOutside(
  masks: readonly Mask[],
  { width, height }: FrameSize,
): Mask | undefined {
  return masks.find((mask) => mask.x + mask.width > width || mask.y + mask.height > height);
}

/**
 * Makes the masks black in `pixels`, `frameBytes(format)` bytes, which the caller owns. A sample of U and V that belongs
 * to a pixel of a mask has no color afterwards, so up to one row and column of pixels around a mask can lose theirs.
 */
export function blacken(
  pixels: Uint8Array<ArrayBuffer>,
  { format, masks }: { readonly format: FrameFormat; readonly masks: readonly Mask[] },
): void {
  if (masks.length === 0) return;
  const [gray, ...colors] = planesOf({ format, pixels });
  for (const mask of masks) {
    if (gray) fill(gray.pixels, gray.width, { ...mask, value: 0 });
    const samples = { ...outwards(mask), value: NEUTRAL };
    for (const plane of colors) fill(plane.pixels, plane.width, samples);
  }
}

/** The samples of U and V that belong to the pixels of a mask, each to 2x2 of them. */
function outwards({ x, y, width, height }: Mask): Mask {
  const [left, top] = [Math.floor(x / 2), Math.floor(y / 2)];
  const end = chromaSize({ width: x + width, height: y + height });
  return { x: left, y: top, width: end.width - left, height: end.height - top };
}

/** Sets a rectangle of a plane whose rows have `stride` bytes. */
function fill(
  plane: Uint8Array,
  stride: number,
  { x, y, width, height, value }: Mask & { readonly value: number },
): void {
  for (let at = y * stride + x, row = 0; row < height; row++, at += stride) {
    plane.fill(value, at, at + width);
  }
}
