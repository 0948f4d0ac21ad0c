/**
 * `motion`: the moving parts, by comparison with a background that is learned from the frames (MOG2). The
 * camera has to stand still. The first frame is only learned from; what stops becomes background in
 * about a tenth of `history`, and what was there at the start and leaves is seen as moving for as long.
 */

import { defineFilter, number, whole } from "../filter.ts";
import { drawBoxes } from "../draw.ts";
import { boxesAround } from "../boxes_around.ts";

export const motion = defineFilter({
  name: "motion",
  summary: "the moving parts, boxed; the camera has to stand still",
  parameters: {
    history: whole(500, { from: 1, to: 100_000, help: "frames that the background is made of" }),
    threshold: number(16, {
      from: 1,
      to: 10_000,
      help: "how far from the background is moving, in squared standard deviations",
    }),
    min: whole(10, {
      from: 1,
      to: 16384,
      help: "pixels; boxes smaller than a square of this side are dropped",
    }),
    draw: whole(1, { from: 0, to: 1, help: "1 draws the boxes, 0 leaves the picture alone" }),
  },
  reports: "boxes and share, the part of the pixels that move, from 0 to 1",
  finds: "boxes",
  create: ({ cv, options, report }) => {
    const background = new cv.BackgroundSubtractorMOG2(options.history, options.threshold, false);
    const moving = new cv.Mat();
    // Opened by the small one, single pixels vanish; closed by the large one, the parts of one thing join.
    // Rectangles: a round one of 9 pixels costs 35 ms at 640x480, a square one 7.
    const small = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(3, 3));
    const large = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(9, 9));
    let first = true;
    return {
      process(mat) {
        background.apply(mat, moving);
        if (first) {
          // To a background of nothing all is new.
          first = false;
          moving.setTo([0, 0, 0, 0]);
        }
        cv.morphologyEx(moving, moving, cv.MORPH_OPEN, small);
        cv.morphologyEx(moving, moving, cv.MORPH_CLOSE, large);
        const share = cv.countNonZero(moving) / (mat.rows * mat.cols);
        const boxes = boxesAround(cv, moving, { min: options.min });
        if (options.draw) drawBoxes(cv, mat, boxes);
        report({ boxes, share: Number(share.toFixed(4)) });
      },
      close() {
        for (const owned of [background, moving, small, large]) owned.delete();
      },
    };
  },
});
