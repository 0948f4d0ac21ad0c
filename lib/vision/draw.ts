/**
 * Drawing that shows on any ground: white on a wider black. It draws into the Mat that it is given, and
 * keeps nothing. Coordinates are pixels and may lie outside: what is not in the picture is not drawn.
 */

import type { Cv, Mat, Point, Scalar } from "./cv.ts";
import type { Box } from "../frame/detection.ts";

export const BLACK: Scalar = [0, 0, 0, 0];
export const WHITE: Scalar = [255, 255, 255, 255];

/**
 * The thickness of the black under a white line of one pixel, so that it has a rim on both sides. This
 * build of OpenCV draws a thickness of 2 three pixels wide, and one of 3 five (measured).
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

/** Draws lines between points; all the rims first, so that lines that meet stay white. */
export function drawLines(cv: Cv, mat: Mat, lines: readonly (readonly [Point, Point])[]): void {
  for (const [from, to] of lines) cv.line(mat, from, to, BLACK, RIM);
  for (const [from, to] of lines) cv.line(mat, from, to, WHITE);
}
