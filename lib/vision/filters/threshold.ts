/**
 * `threshold`: every pixel becomes black or white, in place. The level is a fixed one, the best for the
 * whole picture (Otsu), or the mean of the pixels around (adaptive, for uneven light).
 */

import { defineFilter, number, whole, word } from "../filter.ts";

export const threshold = defineFilter({
  name: "threshold",
  summary: "every pixel becomes black or white",
  parameters: {
    mode: word("fixed", { of: ["fixed", "otsu", "adaptive"], help: "where the level comes from" }),
    level: whole(128, { from: 0, to: 255, help: "fixed: this gray and brighter ones are white" }),
    block: whole(11, {
      from: 3,
      to: 255,
      odd: true,
      help: "adaptive: side of the square whose mean is the level, odd",
    }),
    offset: number(2, { from: -255, to: 255, help: "adaptive: taken from that mean" }),
    invert: whole(0, { from: 0, to: 1, help: "1 swaps black and white" }),
  },
  reports: "",
  create: ({ cv, options: { mode, level, block, offset, invert } }) => {
    const type = invert ? cv.THRESH_BINARY_INV : cv.THRESH_BINARY;
    const around = cv.ADAPTIVE_THRESH_MEAN_C;
    return {
      process(mat) {
        if (mode === "adaptive") cv.adaptiveThreshold(mat, mat, 255, around, type, block, offset);
        else if (mode === "otsu") cv.threshold(mat, mat, 0, 255, type | cv.THRESH_OTSU);
        // OpenCV's white begins above the level.
        else cv.threshold(mat, mat, level - 1, 255, type);
      },
    };
  },
});
