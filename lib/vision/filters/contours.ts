/**
 * `contours`: the outlines of things, light or dark, from Canny's edges, with a box around each. Only
 * the outermost outlines count, not what is drawn on a thing.
 */

import { defineFilter, number, whole } from "../filter.ts";
import { boxesAround } from "../boxes_around.ts";
import { drawBoxes } from "../draw.ts";

export const contours = defineFilter({
  name: "contours",
  summary: "outlines of things, boxed",
  parameters: {
    low: number(50, { from: 0, to: 1000, help: "weaker edges than this are dropped" }),
    high: number(150, { from: 0, to: 1000, help: "stronger edges than this begin one" }),
    min: whole(10, {
      from: 1,
      to: 16384,
      help: "pixels; boxes smaller than a square of this side are dropped",
    }),
    draw: whole(1, {
      from: 0,
      to: 1,
      help: "1 draws outlines and boxes, 0 leaves the picture alone",
    }),
  },
  reports: "boxes",
  finds: "boxes",
  create: ({ cv, options: { low, high, min, draw }, report }) => ({
    process(mat) {
      using edges = new cv.Mat();
      cv.Canny(mat, edges, low, high);
      const boxes = boxesAround(cv, edges, { min, canvas: draw ? mat : undefined });
      if (draw) drawBoxes(cv, mat, boxes);
      report({ boxes });
    },
  }),
});
