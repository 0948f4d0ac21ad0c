/**
 * `lines`: straight lines in Canny edges (probabilistic Hough transform). Pictures with much texture have
 * many lines and take long: increase `low` and `high`, or blur first.
 */

import { defineFilter, number, whole } from "../filter.ts";
import { drawLines } from "../draw.ts";

export const lines = defineFilter({
  name: "lines",
  summary: "straight lines (Hough)",
  parameters: {
    low: number(50, { from: 0, to: 1000, help: "edges below this strength are dropped" }),
    high: number(150, { from: 0, to: 1000, help: "an edge starts above this strength" }),
    votes: whole(50, { from: 1, to: 10_000, help: "the minimum number of edge pixels on a line" }),
    min: whole(30, { from: 0, to: 16384, help: "the minimum length of a line in pixels" }),
    gap: whole(10, { from: 0, to: 16384, help: "the maximum gap in a line in pixels" }),
    draw: whole(1, { from: 0, to: 1, help: "1: draw the lines, 0: leave the picture as it is" }),
  },
  reports: "lines, each [x1,y1,x2,y2]",
  detections: "lines",
  create: ({ cv, options: { low, high, votes, min, gap, draw }, report }) => ({
    process(mat, _, picture) {
      using edges = new cv.Mat();
      using found = new cv.Mat();
      cv.Canny(mat, edges, low, high);
      // Steps of one pixel and one degree.
      cv.HoughLinesP(edges, found, 1, Math.PI / 180, votes, min, gap);
      const flat = found.rows === 0 ? [] : [...found.data32S];
      const lines = Array.from({ length: flat.length / 4 }, (_, row) => {
        const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = flat.slice(4 * row, 4 * row + 4);
        return [x1, y1, x2, y2] as const;
      });
      if (draw) {
        const ends = lines.map(([x1, y1, x2, y2]) =>
          [new cv.Point(x1, y1), new cv.Point(x2, y2)] as const
        );
        drawLines(cv, picture, ends);
      }
      report({ lines });
    },
  }),
});
