/**
 * `threshold`: makes every pixel black or white, in place. The level is fixed, the best one for the whole
 * picture (Otsu), or the mean of the pixels around (adaptive, for uneven light).
 */

import { defineFilter, number, whole, word } from "../filter.ts";

export const threshold = defineFilter({
  name: "threshold",
  summary: "makes every pixel black or white",
  parameters: {
    mode: word("fixed", { of: ["fixed", "otsu", "adaptive"], help: "how the level is chosen" }),
    level: whole(128, {
      from: 0,
      to: 255,
      help: "fixed: this gray and brighter grays become white",
    }),
    block: whole(11, {
      from: 3,
      to: 255,
      odd: true,
      help: "adaptive: the side in pixels of the square whose mean is the level, odd",
    }),
    offset: number(2, { from: -255, to: 255, help: "adaptive: subtracted from the mean" }),
    invert: whole(0, { from: 0, to: 1, help: "1: swap black and white" }),
  },
  reports: "",
  removesColor: true,
  create: ({ cv, options: { mode, level, block, offset, invert } }) => {
    const type = invert ? cv.THRESH_BINARY_INV : cv.THRESH_BINARY;
    const around = cv.ADAPTIVE_THRESH_MEAN_C;
    return {
      process(mat) {
        if (mode === "adaptive") cv.adaptiveThreshold(mat, mat, 255, around, type, block, offset);
        else if (mode === "otsu") cv.threshold(mat, mat, 0, 255, type | cv.THRESH_OTSU);
        // In OpenCV, pixels above the level become white.
        else cv.threshold(mat, mat, level - 1, 255, type);
      },
    };
  },
});
