/**
 * `inrange`: the things of one color, such as a ball: the pixels whose hue, saturation and value (HSV) are in a range,
 * with a box around each part. Units are OpenCV's: a hue of 0 to 179 (half of the degrees: red 0, yellow 30, green 60,
 * blue 120), saturation and value of 0 to 255.
 *
 * It searches at half the size, which is that of U and V, and takes a quarter of the time.
 */

import type { Box } from "../../frame/detection.ts";
import type { Cv, Mat } from "../cv.ts";
import { boxesAround } from "../boxes_around.ts";
import { drawBoxes } from "../draw.ts";
import { defineFilter, whole } from "../filter.ts";
import { newMat } from "../new_mat.ts";
import type { Chroma } from "../picture.ts";
import { NEUTRAL } from "../../frame/frame_format.ts";

const MAX_HUE = 179;
const MAX_LEVEL = 255;

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
  needsColor: true,
  create: ({ cv, color, options, report }) => {
    if (!color) {
      throw new Error(
        "it needs colors, but its pictures are gray: start the server with --color (a camera's table: " +
          "color = true), the client without --gray, and put inrange before edges, threshold and diff",
      );
    }
    const { hmin, hmax, smin, smax, vmin, vmax, min } = options;
    if (smin > smax) throw new Error(`smin is ${smin}, which is above smax, ${smax}`);
    if (vmin > vmax) throw new Error(`vmin is ${vmin}, which is above vmax, ${vmax}`);
    using stack = new DisposableStack();
    const own = (mat: Mat) => stack.use(mat);
    const range = (from: number, to: number): Range => ({
      low: own(channels(cv, [from, smin, vmin])),
      high: own(channels(cv, [to, smax, vmax])),
    });
    // Red is at both ends of the hues.
    const ranges = hmin <= hmax ? [range(hmin, hmax)] : [range(hmin, MAX_HUE), range(0, hmax)];
    // Opening removes single pixels; closing joins the parts of a thing that reflects light.
    const small = own(cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(3, 3)));
    const large = own(cv.getStructuringElement(cv.MORPH_RECT, new cv.Size(5, 5)));
    const owned = stack.move();
    return {
      process(gray, _, picture) {
        if (!picture.chroma) throw new Error("the picture has no colors");
        using hsv = halfSizeHsv(cv, gray, picture.chroma);
        using found = maskOf(cv, hsv, ranges);
        cv.morphologyEx(found, found, cv.MORPH_OPEN, small);
        cv.morphologyEx(found, found, cv.MORPH_CLOSE, large);
        const share = cv.countNonZero(found) / (found.rows * found.cols);
        const boxes = boxesAround(cv, found, { min: min / 2 }).map((box) => doubled(box, gray));
        report({ boxes, share: Number(share.toFixed(4)) });
        if (options.mask) {
          for (const plane of picture.chroma) plane.setTo([NEUTRAL, 0, 0, 0]);
          cv.resize(found, gray, new cv.Size(gray.cols, gray.rows), 0, 0, cv.INTER_NEAREST);
        } else if (options.draw) drawBoxes(cv, picture, boxes);
      },
      close: () => owned.dispose(),
    };
  },
});

/** The lowest and the highest value of each channel. */
interface Range {
  readonly low: Mat;
  readonly high: Mat;
}

/** One value for each channel, as `inRange` takes it. The caller deletes it. */
function channels(cv: Cv, values: readonly number[]): Mat {
  const mat = new cv.Mat(values.length, 1, cv.CV_8UC1);
  mat.data.set(values);
  return mat;
}

/** The picture in HSV, at the size of U and V. The caller deletes it. */
function halfSizeHsv(cv: Cv, gray: Mat, [u, v]: Chroma): Mat {
  using half = new cv.Mat();
  cv.resize(gray, half, new cv.Size(u.cols, u.rows), 0, 0, cv.INTER_AREA);
  using planes = new cv.MatVector();
  for (const plane of [half, v, u]) planes.push_back(plane);
  using mixed = new cv.Mat();
  cv.merge(planes, mixed);
  // YCrCb has full range, as the pictures have; OpenCV's YUV 4:2:0 has not.
  cv.cvtColor(mixed, mixed, cv.COLOR_YCrCb2BGR);
  return newMat(cv, (hsv) => cv.cvtColor(mixed, hsv, cv.COLOR_BGR2HSV));
}

/** The pixels in one of the ranges, white on black. The caller deletes it. */
function maskOf(cv: Cv, hsv: Mat, [first, second]: readonly Range[]): Mat {
  return newMat(cv, (mask) => {
    if (first) cv.inRange(hsv, first.low, first.high, mask);
    if (!second) return;
    using part = new cv.Mat();
    cv.inRange(hsv, second.low, second.high, part);
    cv.bitwise_or(part, mask, mask);
  });
}

/** A box at half the size, in pixels of the picture. */
function doubled([x, y, width, height]: Box, { cols, rows }: Mat): Box {
  return [2 * x, 2 * y, Math.min(2 * width, cols - 2 * x), Math.min(2 * height, rows - 2 * y)];
}
