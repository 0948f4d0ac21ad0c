/** Draws tracked objects: a box in the object's color, white in a gray picture, and its number. It keeps nothing. */

import type { Box } from "../../frame/detection.ts";
import type { Cv, Mat, Scalar } from "../cv.ts";
import { drawText } from "../draw.ts";
import type { Picture } from "../picture.ts";
import { objectColor, toYuv } from "./object_colors.ts";

/** The thickness of the black line under a line of one pixel, as in draw.ts. */
const RIM = 2;
/** The size of the number, for OpenCV's font. */
const SCALE = 0.45;
/** The height of a line of text, in pixels. */
const TEXT_HEIGHT = 14;

/** `boxes` are in pixels of the picture. Parts outside of it are not drawn. */
export function drawObjects(
  cv: Cv,
  picture: Picture,
  objects: readonly { readonly id: number; readonly label: string; readonly box: Box }[],
): void {
  const { gray, chroma } = picture;
  for (const { id, box } of objects) {
    const [y, u, v] = toYuv(objectColor(id));
    drawBox(cv, gray, box, { color: all(0), thickness: RIM });
    drawBox(cv, gray, box, { color: all(chroma ? y : 255), thickness: 1 });
    if (!chroma) continue;
    const half = box.map((side) => side / 2) as Box;
    drawBox(cv, chroma[0], half, { color: all(u), thickness: 1 });
    drawBox(cv, chroma[1], half, { color: all(v), thickness: 1 });
  }
  // The numbers last: no line runs through them.
  for (const { id, label, box: [left, top] } of objects) {
    const above = Math.round(top) - 4;
    const baseline = above >= TEXT_HEIGHT - 3 ? above : Math.round(top) + TEXT_HEIGHT;
    const at = new cv.Point(Math.max(1, Math.round(left)), baseline);
    const line = `${id} ${label}`.replaceAll(/[^ -~]/g, "?"); // the font has no other letters
    drawText(cv, picture, { line, at, scale: SCALE, thickness: 1, rim: 3 });
  }
}

function drawBox(
  cv: Cv,
  plane: Mat,
  [x, y, width, height]: Box,
  { color, thickness }: { color: Scalar; thickness: number },
): void {
  const from = new cv.Point(Math.round(x), Math.round(y));
  const to = new cv.Point(Math.round(x + width) - 1, Math.round(y + height) - 1);
  cv.rectangle(plane, from, to, color, thickness);
}

function all(value: number): Scalar {
  return [value, value, value, value];
}
