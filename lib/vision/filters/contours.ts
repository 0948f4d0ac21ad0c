/**
 * `contours`: the outlines of light and dark objects, from Canny edges, with a box around each. Only the
 * outermost outlines count, not those inside of an object.
 */

import { defineFilter, number, whole } from "../filter.ts";
import { boxesAround } from "../boxes_around.ts";
import { drawBoxes } from "../draw.ts";

export const contours = defineFilter({
  name: "contours",
  summary: "outlines and boxes of objects",
  parameters: {
    low: number(50, { from: 0, to: 1000, help: "edges below this strength are dropped" }),
    high: number(150, { from: 0, to: 1000, help: "an edge starts above this strength" }),
    min: whole(10, {
      from: 1,
      to: 16384,
      help: "boxes with a smaller area than a square of this side, in pixels, are dropped",
    }),
    draw: whole(1, {
      from: 0,
      to: 1,
      help: "1: draw outlines and boxes, 0: leave the picture as it is",
    }),
  },
  reports: "boxes",
  detections: "boxes",
  create: ({ cv, options: { low, high, min, draw }, report }) => ({
    process(mat, _, picture) {
      using edges = new cv.Mat();
      cv.Canny(mat, edges, low, high);
      const boxes = boxesAround(cv, edges, { min, canvas: draw ? picture : undefined });
      if (draw) drawBoxes(cv, picture, boxes);
      report({ boxes });
    },
  }),
});
