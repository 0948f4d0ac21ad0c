/**
 * `flow`: sparse optical flow: tracks points from frame to frame (Lucas-Kanade). It searches new points when
 * fewer than half of them are left. It can track a point over at most about 80 pixels per frame, and does not
 * see the motion of areas without texture.
 */

import type { Mat, Point } from "../cv.ts";
import { defineFilter, number, whole } from "../filter.ts";
import { drawLines } from "../draw.ts";

interface Move {
  readonly from: Point;
  readonly to: Point;
}

export const flow = defineFilter({
  name: "flow",
  summary: "arrows that show motion (Lucas-Kanade optical flow)",
  parameters: {
    points: whole(100, { from: 1, to: 5000, help: "the maximum number of points" }),
    length: number(4, { from: 1, to: 100, help: "an arrow shows the motion of this many frames" }),
    draw: whole(1, { from: 0, to: 1, help: "1: draw the arrows, 0: leave the picture as it is" }),
  },
  reports:
    "dx and dy, the mean motion in pixels per frame, and count, the number of tracked points",
  create: ({ cv, width, height, options, report }) => {
    const before = new cv.Mat();
    let points: Point[] = [];

    function seek(mat: Mat): Point[] {
      using corners = new cv.Mat();
      cv.goodFeaturesToTrack(mat, corners, options.points, 0.01, 7);
      const flat = corners.rows === 0 ? [] : [...corners.data32F];
      return flat.flatMap((x, index) => index % 2 === 0 ? [{ x, y: flat[index + 1] ?? 0 }] : []);
    }

    function follow(mat: Mat): Move[] {
      if (points.length === 0) return [];
      using from = new cv.Mat(points.length, 1, cv.CV_32FC2);
      using to = new cv.Mat();
      using status = new cv.Mat();
      using error = new cv.Mat();
      from.data32F.set(points.flatMap(({ x, y }) => [x, y]));
      cv.calcOpticalFlowPyrLK(before, mat, from, to, status, error);
      const found = status.data;
      const places = to.data32F;
      return points.flatMap((from, index) => {
        const to = { x: places[2 * index] ?? -1, y: places[2 * index + 1] ?? -1 };
        // OpenCV sometimes reports points outside of the picture as found.
        const inside = to.x >= 0 && to.y >= 0 && to.x < width && to.y < height;
        return found[index] === 1 && inside ? [{ from, to }] : [];
      });
    }

    return {
      process(mat, _, picture) {
        const moves = follow(mat);
        points = moves.map(({ to }) => to);
        if (points.length < options.points / 2) points = seek(mat);
        mat.copyTo(before);
        if (options.draw) {
          drawLines(cv, picture, moves.flatMap((move) => arrow(move, options.length)));
        }
        report({ dx: mean(moves, "x"), dy: mean(moves, "y"), count: moves.length });
      },
      close: () => before.delete(),
    };
  },
});

/** The mean motion, rounded to 0.01 pixels; 0 without points. */
function mean(moves: readonly Move[], axis: "x" | "y"): number {
  const sum = moves.reduce((sum, { from, to }) => sum + to[axis] - from[axis], 0);
  return moves.length === 0 ? 0 : Math.round(100 * sum / moves.length) / 100;
}

/** The lines of an arrow; none for a point that does not move. (This build has no `arrowedLine`.) */
function arrow({ from, to }: Move, length: number): [Point, Point][] {
  const dx = length * (to.x - from.x);
  const dy = length * (to.y - from.y);
  const long = Math.hypot(dx, dy);
  if (long < 1) return [];
  const tip = rounded(from.x + dx, from.y + dy);
  const direction = Math.atan2(dy, dx);
  const head = Math.max(3, long / 4);
  const barbs = [direction + 0.75 * Math.PI, direction - 0.75 * Math.PI].map((turned) =>
    rounded(tip.x + head * Math.cos(turned), tip.y + head * Math.sin(turned))
  );
  return [rounded(from.x, from.y), ...barbs].map((end) => [end, tip]);
}

function rounded(x: number, y: number): Point {
  return { x: Math.round(x), y: Math.round(y) };
}
