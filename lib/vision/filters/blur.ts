/** `blur`: Gaussian blur, in place. The time grows in proportion to the kernel. */

import { defineFilter, whole } from "../filter.ts";

export const blur = defineFilter({
  name: "blur",
  summary: "Gaussian blur",
  parameters: {
    kernel: whole(5, { from: 1, to: 99, odd: true, help: "the width of the blur in pixels, odd" }),
  },
  reports: "",
  create: ({ cv, options: { kernel } }) => ({
    process(mat) {
      // A sigma of 0 is computed from the kernel: 0.3 ((kernel - 1) / 2 - 1) + 0.8.
      cv.GaussianBlur(mat, mat, new cv.Size(kernel, kernel), 0);
    },
  }),
});
