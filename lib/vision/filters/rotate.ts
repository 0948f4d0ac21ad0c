/**
 * `rotate`: rotates the picture clockwise. A quarter turn swaps width and height and loses nothing. Other
 * angles rotate around the center and keep the size: corners are cut off, and gaps are black.
 */

import { defineFilter, number } from "../filter.ts";
import type { Mat, Scalar } from "../cv.ts";
import { newMat } from "../new_mat.ts";

/** The angle in quarter turns, 0 to 3; undefined for other angles. */
function quarters(angle: number): number | undefined {
  return angle % 90 === 0 ? (angle / 90 % 4 + 4) % 4 : undefined;
}

export const rotate = defineFilter({
  name: "rotate",
  summary: "rotates the picture; quarter turns swap its width and height",
  parameters: {
    angle: number(90, { from: -3600, to: 3600, help: "degrees, clockwise" }),
  },
  reports: "",
  create: ({ cv, width, height, blank, options: { angle } }) => {
    const turns = quarters(angle);
    if (turns === 0) return { process() {} };
    if (turns !== undefined) {
      const code = [0, cv.ROTATE_90_CLOCKWISE, cv.ROTATE_180, cv.ROTATE_90_COUNTERCLOCKWISE][turns];
      return { process: (mat) => newMat(cv, (turned) => cv.rotate(mat, turned, code ?? 0)) };
    }
    // The center of pixel centers. OpenCV rotates counterclockwise.
    const middle = { x: (width - 1) / 2, y: (height - 1) / 2 };
    const matrix = cv.getRotationMatrix2D(middle, -angle, 1);
    const size = new cv.Size(width, height);
    const { INTER_LINEAR: method, BORDER_CONSTANT: border } = cv;
    const gap: Scalar = [blank, blank, blank, blank];
    const turn = (mat: Mat, turned: Mat) =>
      cv.warpAffine(mat, turned, matrix, size, method, border, gap);
    return {
      process: (mat) => newMat(cv, (turned) => turn(mat, turned)),
      close: () => matrix.delete(),
    };
  },
  movesPixels: true,
  chromaOptions: (_, options) => options,
  toSource: ({ width, height }, { angle }) => {
    const turns = quarters(angle);
    const radians = angle * Math.PI / 180;
    const [cos, sin] = turns === undefined
      ? [Math.cos(radians), Math.sin(radians)]
      : [[1, 0, -1, 0][turns] ?? 1, [0, 1, 0, -1][turns] ?? 0];
    // Around the center of the output, which is at the center of the input.
    const swapped = turns === 1 || turns === 3;
    const x = (swapped ? height : width) / 2;
    const y = (swapped ? width : height) / 2;
    const c = width / 2 - cos * x - sin * y;
    const f = height / 2 + sin * x - cos * y;
    return [cos, sin, c, -sin, cos, f];
  },
});
