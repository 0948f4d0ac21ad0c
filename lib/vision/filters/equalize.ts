/** `equalize`: spreads the grays over the whole range, in place. It makes the noise of dark pictures visible. */

import { defineFilter } from "../filter.ts";

export const equalize = defineFilter({
  name: "equalize",
  summary: "spreads the grays of the whole picture from black to white",
  parameters: {},
  reports: "",
  create: ({ cv }) => ({
    process(mat) {
      cv.equalizeHist(mat, mat);
    },
  }),
});
