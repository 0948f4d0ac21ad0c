/** `corners`: the points that are easiest to track, strongest first (Shi-Tomasi). */

import { defineFilter, number, whole } from "../filter.ts";
import { drawCircles } from "../draw.ts";

const RADIUS_PIXELS = 4;

export const corners = defineFilter({
  name: "corners",
  summary: "circles around the corners, the points that are easiest to track (Shi-Tomasi)",
  parameters: {
    most: whole(100, { from: 1, to: 5000, help: "the maximum number of points" }),
    quality: number(0.05, {
      from: 0.0001,
      to: 1,
      help: "points below this share of the strongest one are dropped",
    }),
    apart: number(10, { from: 0, to: 16384, help: "the minimum distance of two points in pixels" }),
    draw: whole(1, { from: 0, to: 1, help: "1: draw circles, 0: leave the picture as it is" }),
  },
  reports: "points, each [x,y]",
  detections: "points",
  create: ({ cv, options: { most, quality, apart, draw }, report }) => ({
    process(mat, _, picture) {
      using found = new cv.Mat();
      cv.goodFeaturesToTrack(mat, found, most, quality, apart);
      const flat = found.rows === 0 ? [] : [...found.data32F];
      const points = Array.from(
        { length: flat.length / 2 },
        (_, row) => [flat[2 * row] ?? 0, flat[2 * row + 1] ?? 0] as const,
      );
      if (draw) {
        drawCircles(cv, picture, points.map(([x, y]) => ({ x, y })), RADIUS_PIXELS);
      }
      report({ points });
    },
  }),
});
