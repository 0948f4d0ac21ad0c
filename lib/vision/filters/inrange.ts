/**
 * `inrange`: the things of one colour, such as a ball: the pixels whose hue, saturation and value (HSV) are in a range,
 * with a box around each part. Units are OpenCV's: a hue of 0 to 179 (half of the degrees: red 0, yellow 30, green 60,
 * blue 120), saturation and value of 0 to 255.
 */

import type { Cv, Mat } from "../cv.ts";
import { boxesAround } from "../boxes_around.ts";
import { drawBoxes } from "../draw.ts";
import { defineFilter, whole } from "../filter.ts";
import { newMat } from "../new_mat.ts";

const MAX_HUE = 179;
const MAX_LEVEL = 255;

/** The least of each channel, and the most. */
type Range = readonly [
  low: readonly [number, number, number],
  high: readonly [number, number, number],
];

export const inrange = defineFilter({
  name: "inrange",
  summary: "boxes around the things of one color, by hue, saturation and value (HSV)",
  parameters: {
    hmin: whole(0, {
      from: 0,
      to: MAX_HUE,
      help: "the lowest hue: red 0, yellow 30, green 60, blue 120; above hmax: through red",
    }),
    hmax: whole(MAX_HUE, { from: 0, to: MAX_HUE, help: "the highest hue" }),
    smin: whole(100, { from: 0, to: MAX_LEVEL, help: "the lowest saturation; gray has 0" }),
    smax: whole(MAX_LEVEL, { from: 0, to: MAX_LEVEL, help: "the highest saturation" }),
    vmin: whole(60, { from: 0, to: MAX_LEVEL, help: "the lowest value; black has 0" }),
    vmax: whole(MAX_LEVEL, { from: 0, to: MAX_LEVEL, help: "the highest value" }),
    min: whole(10, {
      from: 1,
      to: 16384,
      help: "boxes with a smaller area than a square of this side, in pixels, are dropped",
    }),
    mask: whole(0, { from: 0, to: 1, help: "1: show the pixels in the range, white on black" }),
    draw: whole(1, { from: 0, to: 1, help: "1: draw the boxes, 0: leave the picture as it is" }),
  },
  reports: "boxes, and share, the share of pixels in the range, from 0 to 1",
  detections: "boxes",
  pixels: "bgr",
  create: ({ cv, color, options, report }) => {
    if (!color) {
      throw new Error("it needs colors, but the pictures are gray: start the server with --color");
    }
    const { hmin, hmax, smin, smax, vmin, vmax } = options;
    const range = (from: number, to: number): Range => [[from, smin, vmin], [to, smax, vmax]];
    // Red lies at both ends of the hues.
    const ranges = hmin <= hmax ? [range(hmin, hmax)] : [range(hmin, MAX_HUE), range(0, hmax)];
    // Removes single pixels, and joins the parts of a thing on which light is reflected.
    const small = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(3, 3));
    const large = cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(9, 9));
    return {
      process(bgr, _, picture) {
        using found = maskOf(cv, bgr, ranges);
        cv.morphologyEx(found, found, cv.MORPH_OPEN, small);
        cv.morphologyEx(found, found, cv.MORPH_CLOSE, large);
        const share = cv.countNonZero(found) / (bgr.rows * bgr.cols);
        // `findContours` may change the mask.
        const shown = options.mask ? found.clone() : undefined;
        const boxes = boxesAround(cv, found, { min: options.min });
        report({ boxes, share: Number(share.toFixed(4)) });
        if (shown) return shown;
        if (options.draw) drawBoxes(cv, picture, boxes);
      },
      close() {
        for (const owned of [small, large]) owned.delete();
      },
    };
  },
});

/** The pixels in one of the ranges, white on black. The caller deletes it. */
function maskOf(cv: Cv, bgr: Mat, ranges: readonly Range[]): Mat {
  using hsv = new cv.Mat();
  cv.cvtColor(bgr, hsv, cv.COLOR_BGR2HSV);
  return newMat(cv, (mask) => {
    ranges.forEach(([low, high], i) => {
      using part = new cv.Mat();
      using from = new cv.Mat(hsv.rows, hsv.cols, cv.CV_8UC3, [...low, 0]);
      using to = new cv.Mat(hsv.rows, hsv.cols, cv.CV_8UC3, [...high, 0]);
      cv.inRange(hsv, from, to, part);
      if (i === 0) part.copyTo(mask);
      else cv.bitwise_or(part, mask, mask);
    });
  });
}
