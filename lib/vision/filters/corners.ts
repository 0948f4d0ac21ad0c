/** `corners`: the points that are easiest to find again, strongest first (Shi and Tomasi's measure). */

import { defineFilter, number, whole } from "../filter.ts";
import { BLACK, RIM, WHITE } from "../draw.ts";

/** Pixels. */
const RADIUS = 4;

export const corners = defineFilter({
  name: "corners",
  summary: "the points that are easiest to find again, circled",
  parameters: {
    most: whole(100, { from: 1, to: 5000, help: "points at the most" }),
    quality: number(0.05, {
      from: 0.0001,
      to: 1,
      help: "weaker points than this part of the strongest are dropped",
    }),
    apart: number(10, { from: 0, to: 16384, help: "pixels between two points at the least" }),
    draw: whole(1, { from: 0, to: 1, help: "1 draws circles, 0 leaves the picture alone" }),
  },
  reports: "points, each [x,y]",
  finds: "points",
  create: ({ cv, options: { most, quality, apart, draw }, report }) => ({
    process(mat) {
      using found = new cv.Mat();
      cv.goodFeaturesToTrack(mat, found, most, quality, apart);
      const flat = found.rows === 0 ? [] : [...found.data32F];
      const points = Array.from(
        { length: flat.length / 2 },
        (_, row) => [flat[2 * row] ?? 0, flat[2 * row + 1] ?? 0] as const,
      );
      if (draw) {
        for (const [x, y] of points) {
          cv.circle(mat, new cv.Point(x, y), RADIUS, BLACK, RIM);
          cv.circle(mat, new cv.Point(x, y), RADIUS, WHITE);
        }
      }
      report({ points });
    },
  }),
});
