/** Finds the white parts of a black and white picture, as boxes. */

import type { Cv, Mat } from "./cv.ts";
import { drawOutline } from "./draw.ts";
import type { Picture } from "./picture.ts";
import type { Box } from "../frame/detection.ts";

/**
 * Returns the boxes around the outermost white parts; boxes with a smaller area than a square of `min`
 * pixels are dropped. Draws the outlines on `canvas` if there is one.
 */
export function boxesAround(
  cv: Cv,
  mask: Mat,
  { min, canvas }: { min: number; canvas?: Picture | undefined },
): Box[] {
  using outlines = new cv.MatVector();
  using tree = new cv.Mat();
  cv.findContours(mask, outlines, tree, cv.RETR_EXTERNAL, cv.CHAIN_APPROX_SIMPLE);
  const boxes: Box[] = [];
  for (let index = 0; index < outlines.size(); index++) {
    using outline = outlines.get(index);
    const { x, y, width, height } = cv.boundingRect(outline);
    if (width * height < min * min) continue;
    boxes.push([x, y, width, height]);
    if (canvas) drawOutline(cv, canvas, { outlines, index });
  }
  return boxes;
}
