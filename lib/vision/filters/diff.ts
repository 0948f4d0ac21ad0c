/**
 * `diff`: what has changed since the frame before, in place: the absolute difference of each pixel. The
 * first frame is black. It keeps one frame. Frames that were skipped are not frames before.
 */

import { defineFilter } from "../filter.ts";

export const diff = defineFilter({
  name: "diff",
  summary: "the absolute difference to the frame before",
  parameters: {},
  reports: "",
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
