/**
 * Draws shapes that are visible on any background: white with a black rim in the gray plane, and yellow in U and V if
 * the picture has them. The functions draw into the given picture and keep nothing. Coordinates are pixels of the gray
 * plane; parts outside of the picture are not drawn.
 */

import type { Box, Report } from "../frame/detection.ts";
import { NEUTRAL } from "../frame/frame_format.ts";
import type { Cv, Mat, MatVector, Point, Scalar } from "./cv.ts";
import type { Picture } from "./picture.ts";

const BLACK = gray(0);
const WHITE = gray(255);

/** U and V of yellow. With white in the gray plane it is bright, and with black it is nearly black. */
const YELLOW = [gray(1), gray(149)] as const;
const NO_COLOR = [gray(NEUTRAL), gray(NEUTRAL)] as const;

/**
 * The thickness of the black line under a white line of one pixel: the rim. This build of OpenCV draws
 * thickness 2 three pixels wide, and thickness 3 five pixels wide (measured).
 */
const RIM = 2;

/** Draws the outermost pixels of each box. */
export function drawBoxes(cv: Cv, picture: Picture, boxes: readonly Box[]): void {
  for (const [x, y, width, height] of boxes) {
    const from = new cv.Point(Math.round(x), Math.round(y));
    const to = new cv.Point(Math.round(x + width) - 1, Math.round(y + height) - 1);
    cv.rectangle(picture.gray, from, to, BLACK, RIM);
    cv.rectangle(picture.gray, from, to, WHITE);
    inColor(picture, (plane, color) => cv.rectangle(plane, half(from), half(to), color));
  }
}

/** Draws what a detector reports: its boxes, their labels with the scores in percent, and its landmarks. */
export function drawReport(cv: Cv, picture: Picture, report: Report): void {
  const { boxes = [], labels = [], scores = [], landmarks = [] } = report;
  drawBoxes(cv, picture, boxes);
  for (const points of landmarks) {
    drawCircles(cv, picture, points.map(([x, y]) => new cv.Point(Math.round(x), Math.round(y))), 2);
  }
  // Without boxes the labels are those of the whole picture.
  labels.forEach((label, i) => {
    const score = scores[i];
    if (score === undefined) return; // the detector finds one kind of things
    const box = boxes[i] ?? [0, i * LABEL_HEIGHT, picture.gray.cols, 0];
    drawLabel(cv, picture, { line: `${label} ${Math.round(score * 100)}%`, box });
  });
}

/** The height of a line with a label, in pixels. */
const LABEL_HEIGHT = 16;

/** Writes a line above a box, or inside of it where there is no room. */
function drawLabel(
  cv: Cv,
  picture: Picture,
  { line, box: [left, top] }: { line: string; box: Box },
): void {
  const above = Math.round(top) - 4;
  const baseline = above >= LABEL_HEIGHT - 4 ? above : Math.round(top) + LABEL_HEIGHT - 2;
  const at = new cv.Point(Math.max(1, Math.round(left)), baseline);
  drawText(cv, picture, { line: ascii(line), at, scale: 0.45, thickness: 1, rim: 3 });
}

/** OpenCV's fonts have no other letters. */
function ascii(line: string): string {
  return line.normalize("NFKD").replaceAll(/\p{M}/gu, "").replaceAll(/[^ -~]/g, "?");
}

/** Draws lines between points. The rims come first, so that lines stay white where they meet. */
export function drawLines(
  cv: Cv,
  picture: Picture,
  lines: readonly (readonly [Point, Point])[],
): void {
  for (const [from, to] of lines) cv.line(picture.gray, from, to, BLACK, RIM);
  for (const [from, to] of lines) {
    cv.line(picture.gray, from, to, WHITE);
    inColor(picture, (plane, color) => cv.line(plane, half(from), half(to), color));
  }
}

/** Draws a circle around each point. */
export function drawCircles(
  cv: Cv,
  picture: Picture,
  points: readonly Point[],
  radius: number,
): void {
  for (const { x, y } of points) {
    const at = new cv.Point(x, y);
    cv.circle(picture.gray, at, radius, BLACK, RIM);
    cv.circle(picture.gray, at, radius, WHITE);
    inColor(picture, (plane, color) => cv.circle(plane, half(at), radius >> 1, color));
  }
}

/** Draws one of the outlines that `findContours` has found. */
export function drawOutline(
  cv: Cv,
  picture: Picture,
  { outlines, index }: { outlines: MatVector; index: number },
): void {
  cv.drawContours(picture.gray, outlines, index, BLACK, RIM);
  cv.drawContours(picture.gray, outlines, index, WHITE);
  if (!picture.chroma) return;
  using outline = outlines.get(index);
  using halved = outline.clone();
  halved.data32S.forEach((side, i, all) => all[i] = side >> 1);
  using only = new cv.MatVector();
  only.push_back(halved);
  inColor(picture, (plane, color) => cv.drawContours(plane, only, 0, color));
}

/** Writes a line of text, white with a black rim. `at` is the left end of its baseline. */
export function drawText(
  cv: Cv,
  picture: Picture,
  { line, at, scale, thickness, rim }: {
    line: string;
    at: Point;
    scale: number;
    thickness: number;
    rim: number;
  },
): void {
  const [font, smooth] = [cv.FONT_HERSHEY_SIMPLEX, cv.LINE_AA];
  cv.putText(picture.gray, line, at, font, scale, BLACK, rim, smooth);
  cv.putText(picture.gray, line, at, font, scale, WHITE, thickness, smooth);
  const write = (plane: Mat, color: Scalar) =>
    cv.putText(plane, line, half(at), font, scale / 2, color, Math.ceil(rim / 2));
  inColor(picture, write, NO_COLOR);
}

/** Draws into U and V, if the picture has them. Their coordinates are half of those of the gray plane. */
function inColor(
  { chroma }: Picture,
  draw: (plane: Mat, color: Scalar) => void,
  colors: readonly [Scalar, Scalar] = YELLOW,
): void {
  if (!chroma) return;
  draw(chroma[0], colors[0]);
  draw(chroma[1], colors[1]);
}

function half({ x, y }: Point): Point {
  return { x: Math.floor(x / 2), y: Math.floor(y / 2) };
}

/** A value for a plane, as OpenCV takes it. */
function gray(value: number): Scalar {
  return [value, value, value, value];
}
