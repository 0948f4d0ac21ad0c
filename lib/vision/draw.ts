/**
 * Draws white shapes with a black rim, which are visible on any background. The functions draw into the
 * given Mat and keep nothing. Coordinates are pixels; parts outside of the picture are not drawn.
 */

import type { Cv, Mat, Point, Scalar } from "./cv.ts";
import type { Box } from "../frame/detection.ts";

export const BLACK: Scalar = [0, 0, 0, 0];
export const WHITE: Scalar = [255, 255, 255, 255];

/**
 * The thickness of the black line under a white line of one pixel: the rim. This build of OpenCV draws
 * thickness 2 three pixels wide, and thickness 3 five pixels wide (measured).
 */
export const RIM = 2;

/** Draws the outermost pixels of each box. */
export function drawBoxes(cv: Cv, mat: Mat, boxes: readonly Box[]): void {
  for (const [x, y, width, height] of boxes) {
    const from = new cv.Point(Math.round(x), Math.round(y));
    const to = new cv.Point(Math.round(x + width) - 1, Math.round(y + height) - 1);
    cv.rectangle(mat, from, to, BLACK, RIM);
    cv.rectangle(mat, from, to, WHITE);
  }
}

/** Draws lines between points. The rims come first, so that lines stay white where they meet. */
export function drawLines(cv: Cv, mat: Mat, lines: readonly (readonly [Point, Point])[]): void {
  for (const [from, to] of lines) cv.line(mat, from, to, BLACK, RIM);
  for (const [from, to] of lines) cv.line(mat, from, to, WHITE);
}
