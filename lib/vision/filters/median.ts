/**
 * `median`: each pixel becomes the median of those around it, in place. It takes specks away and leaves
 * edges sharp. Kernels up to 5 are quick, wider ones cost several times as much.
 */

import { defineFilter, whole } from "../filter.ts";

export const median = defineFilter({
  name: "median",
  summary: "the median of the pixels around, against specks",
  parameters: {
    kernel: whole(5, { from: 1, to: 255, odd: true, help: "side of the square around, odd" }),
  },
  reports: "",
  create: ({ cv, options: { kernel } }) => ({
    process(mat) {
      cv.medianBlur(mat, mat, kernel);
    },
  }),
});
