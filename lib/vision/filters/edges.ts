/** `edges`: Canny edges, white on black. */

import { defineFilter, number } from "../filter.ts";
import { newMat } from "../new_mat.ts";

export const edges = defineFilter({
  name: "edges",
  summary: "edges, white on black (Canny)",
  parameters: {
    low: number(50, { from: 0, to: 1000, help: "edges below this strength are dropped" }),
    high: number(150, { from: 0, to: 1000, help: "an edge starts above this strength" }),
  },
  reports: "",
  removesColor: true,
  create: ({ cv, options: { low, high } }) => ({
    process(mat) {
      return newMat(cv, (found) => cv.Canny(mat, found, low, high));
    },
  }),
});
