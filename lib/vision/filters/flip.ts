/** `flip`: mirrors the picture, in place. */

import { defineFilter, word } from "../filter.ts";

export const flip = defineFilter({
  name: "flip",
  summary: "mirrors the picture",
  parameters: {
    mode: word("horizontal", {
      of: ["horizontal", "vertical", "both"],
      help: "horizontal swaps left and right, vertical swaps top and bottom",
    }),
  },
  reports: "",
  create: ({ cv, options: { mode } }) => {
    const code = { horizontal: 1, vertical: 0, both: -1 }[mode];
    return {
      process(mat) {
        cv.flip(mat, mat, code);
      },
    };
  },
  movesPixels: true,
  chromaOptions: (_, options) => options,
  toSource: ({ width, height }, { mode }) => {
    const [a, c] = mode === "vertical" ? [1, 0] : [-1, width];
    const [e, f] = mode === "horizontal" ? [1, 0] : [-1, height];
    return [a, 0, c, 0, e, f];
  },
});
