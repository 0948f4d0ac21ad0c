/** Where a picture lies in a model's input: scaled with its proportions kept, and centered. Pure arithmetic. */

import type { FrameSize } from "../../frame/frame_size.ts";
import type { Box } from "../../frame/detection.ts";

/** The scaled picture in the input: its left upper corner and its size, in the input's pixels. */
export interface Placement extends FrameSize {
  readonly left: number;
  readonly top: number;
  /** The size of the picture before it was scaled. */
  readonly source: FrameSize;
}

/**
 * Fits the picture into the input: borders are left on two sides (letterbox). With `fill` it covers the input instead,
 * and two of its own sides are cut off: `left` or `top` is negative.
 */
export function place(source: FrameSize, input: FrameSize, { fill = false } = {}): Placement {
  const scales = [input.width / source.width, input.height / source.height] as const;
  const scale = fill ? Math.max(...scales) : Math.min(...scales);
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const left = Math.floor((input.width - width) / 2);
  const top = Math.floor((input.height - height) / 2);
  return { left, top, width, height, source };
}

/** A position of the input, in pixels of the picture. */
export function toSource({ left, top, width, height, source }: Placement, x: number, y: number) {
  return [
    (x - left) * source.width / width,
    (y - top) * source.height / height,
  ] as const;
}

/** A box in the input, in pixels of the picture and cut at its edges; undefined if nothing is left. */
export function boxToSource(
  placement: Placement,
  [left, top, right, bottom]: readonly [number, number, number, number],
): Box | undefined {
  const { source } = placement;
  const within = (value: number, most: number) => Math.min(Math.max(value, 0), most);
  const from = toSource(placement, left, top);
  const to = toSource(placement, right, bottom);
  const x = within(from[0], source.width);
  const y = within(from[1], source.height);
  const width = within(to[0], source.width) - x;
  const height = within(to[1], source.height) - y;
  return width > 0 && height > 0 ? [x, y, width, height] : undefined;
}
