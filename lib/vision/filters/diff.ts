/**
 * `diff`: the absolute difference of each pixel to the previous frame, in place. The first frame becomes
 * black. The previous frame is the last one that was processed, not one that was skipped.
 */

import { defineFilter } from "../filter.ts";

export const diff = defineFilter({
  name: "diff",
  summary: "the absolute difference to the previous frame",
  parameters: {},
  reports: "",
  removesColor: true,
  create: ({ cv }) => {
    let before = new cv.Mat();
    let now = new cv.Mat();
    return {
      process(mat) {
        mat.copyTo(now);
        cv.absdiff(mat, before.rows === 0 ? now : before, mat);
        [before, now] = [now, before];
      },
      close() {
        before.delete();
        now.delete();
      },
    };
  },
});
