/** From a black and white picture to boxes around its white parts. */

import type { Cv, Mat } from "./cv.ts";
import { BLACK, RIM, WHITE } from "./draw.ts";
import type { Box } from "../frame/detection.ts";

/**
 * The boxes around the outermost white parts, as far as they have the area of a square of `min` pixels.
 * The outlines of these are drawn on `canvas`, where one is given.
 */
export function boxesAround(
  cv: Cv,
  mask: Mat,
  { min, canvas }: { min: number; canvas?: Mat | undefined },
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
    if (!canvas) continue;
    cv.drawContours(canvas, outlines, index, BLACK, RIM);
    cv.drawContours(canvas, outlines, index, WHITE);
  }
  return boxes;
}
