/**
 * `clahe`: contrast limited adaptive histogram equalization, in place: equalizes each tile of the picture on
 * its own.
 */

import { defineFilter, number, whole } from "../filter.ts";

export const clahe = defineFilter({
  name: "clahe",
  summary: "increases the contrast of each part of the picture on its own (CLAHE)",
  parameters: {
    clip: number(2, { from: 0, to: 255, help: "the limit of the contrast; 0: no limit" }),
    tiles: whole(8, { from: 1, to: 64, help: "the number of parts per row and per column" }),
  },
  reports: "",
  create: ({ cv, options: { clip, tiles } }) => {
    const equalizer = new cv.CLAHE(clip, new cv.Size(tiles, tiles));
    return {
      process(mat) {
        equalizer.apply(mat, mat);
      },
      close: () => equalizer.delete(),
    };
  },
});
