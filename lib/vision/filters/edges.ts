/** `edges`: Canny's edges, white on black. */

import { defineFilter, number } from "../filter.ts";
import { newMat } from "../new_mat.ts";

export const edges = defineFilter({
  name: "edges",
  summary: "Canny's edges, white on black",
  parameters: {
    low: number(50, { from: 0, to: 1000, help: "weaker edges than this are dropped" }),
    high: number(150, { from: 0, to: 1000, help: "stronger edges than this begin one" }),
  },
  reports: "",
  create: ({ cv, options: { low, high } }) => ({
    process(mat) {
      return newMat(cv, (found) => cv.Canny(mat, found, low, high));
    },
  }),
});
