/** `equalize`: histogram equalization, in place. It also makes the noise of dark pictures visible. */

import { defineFilter } from "../filter.ts";

export const equalize = defineFilter({
  name: "equalize",
  summary: "increases the contrast of the whole picture (histogram equalization)",
  parameters: {},
  reports: "",
  create: ({ cv }) => ({
    process(mat) {
      cv.equalizeHist(mat, mat);
    },
  }),
});
