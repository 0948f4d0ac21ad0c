/**
 * `median`: replaces each pixel with the median of the pixels around it, in place. It removes specks and
 * keeps edges sharp. Kernels up to 5 are fast; wider ones take several times as long.
 */

import { defineFilter, whole } from "../filter.ts";

export const median = defineFilter({
  name: "median",
  summary: "median blur, which removes specks",
  parameters: {
    kernel: whole(5, { from: 1, to: 255, odd: true, help: "the width of the blur in pixels, odd" }),
  },
  reports: "",
  create: ({ cv, options: { kernel } }) => ({
    process(mat) {
      cv.medianBlur(mat, mat, kernel);
    },
  }),
});
