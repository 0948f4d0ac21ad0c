/**
 * `clahe`: spreads the grays of each part of the picture by itself, with a limit to the contrast
 * (contrast limited adaptive histogram equalization), in place.
 */

import { defineFilter, number, whole } from "../filter.ts";

export const clahe = defineFilter({
  name: "clahe",
  summary: "spreads the grays of each part of the picture by itself",
  parameters: {
    clip: number(2, { from: 0, to: 255, help: "limit of the contrast; 0 is none" }),
    tiles: whole(8, { from: 1, to: 64, help: "parts in a row and in a column" }),
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
