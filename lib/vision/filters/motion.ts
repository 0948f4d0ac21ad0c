/**
 * `motion`: the moving parts of the picture, by comparison with a background that it learns from the frames
 * (MOG2). The camera must not move. The first frame is background only. An object that stops becomes
 * background within about a tenth of `history`; the place of an object that leaves counts as moving for as long.
 */

import { defineFilter, number, whole } from "../filter.ts";
import { drawBoxes } from "../draw.ts";
import { boxesAround } from "../boxes_around.ts";

export const motion = defineFilter({
  name: "motion",
  summary: "boxes around moving parts; the camera must not move",
  parameters: {
    history: whole(500, {
      from: 1,
      to: 100_000,
      help: "the number of frames that form the background",
    }),
    threshold: number(16, {
      from: 1,
      to: 10_000,
      help: "the minimum difference to the background, in squared standard deviations",
    }),
    min: whole(10, {
      from: 1,
      to: 16384,
      help: "boxes with a smaller area than a square of this side, in pixels, are dropped",
    }),
    draw: whole(1, { from: 0, to: 1, help: "1: draw the boxes, 0: leave the picture as it is" }),
  },
  reports: "boxes, and share, the share of pixels that move, from 0 to 1",
  detections: "boxes",
  label: "motion",
  create: ({ cv, options, report }) => {
    const background = new cv.BackgroundSubtractorMOG2(options.history, options.threshold, false);
    const moving = new cv.Mat();
    // Opening with the small kernel removes single pixels; closing with the large one joins parts of an object.
    // The kernels are squares: at 640x480 a round one of 9 pixels takes 35 ms, a square one 7 ms.
    const small = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(3, 3));
    const large = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(9, 9));
    let first = true;
    return {
      process(mat, _, picture) {
        background.apply(mat, moving);
        if (first) {
          // Without a background, all pixels count as moving.
          first = false;
          moving.setTo([0, 0, 0, 0]);
        }
        cv.morphologyEx(moving, moving, cv.MORPH_OPEN, small);
        cv.morphologyEx(moving, moving, cv.MORPH_CLOSE, large);
        const share = cv.countNonZero(moving) / (mat.rows * mat.cols);
        const boxes = boxesAround(cv, moving, { min: options.min });
        if (options.draw) drawBoxes(cv, picture, boxes);
        report({ boxes, share: Number(share.toFixed(4)) });
      },
      close() {
        for (const owned of [background, moving, small, large]) owned.delete();
      },
    };
  },
});
