/** Maps coordinates in a filter's picture to the frame as it arrived. */

import { type Box, LISTS, type Report } from "../frame/detection.ts";
import type { Affine } from "./filter.ts";

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

/** The map that applies `inner` first, then `outer`. */
export function compose(outer: Affine, inner: Affine): Affine {
  const [a, b, c, d, e, f] = outer;
  const [A, B, C, D, E, F] = inner;
  return [
    ...[a * A + b * D, a * B + b * E, a * C + b * F + c],
    ...[d * A + e * D, d * B + e * E, d * C + e * F + f],
  ] as unknown as Affine;
}

/** The map back. Throws a `RangeError` for a map that loses an axis. */
export function inverse([a, b, c, d, e, f]: Affine): Affine {
  const area = a * e - b * d;
  if (area === 0) throw new RangeError("this map has no inverse");
  const [A, B, D, E] = [e / area, -b / area, -d / area, a / area];
  return [A, B, -(A * c + B * f), D, E, -(D * c + E * f)];
}

/** The upright box around a mapped box: in whole pixels if it was, otherwise in tenths of a pixel. */
export function moveBox([x, y, width, height]: Box, [a, b, c, d, e, f]: Affine): Box {
  const corners = [[x, y], [x + width, y], [x, y + height], [x + width, y + height]] as const;
  const xs = corners.map(([u, v]) => a * u + b * v + c);
  const ys = corners.map(([u, v]) => d * u + e * v + f);
  const round = roundingOf([x, y, width, height]);
  const left = round(Math.min(...xs));
  const top = round(Math.min(...ys));
  return [left, top, round(Math.max(...xs) - left), round(Math.max(...ys) - top)];
}

/** A model's boxes lie between pixels: rounded to whole ones, a small box would be another one. */
function roundingOf(values: readonly number[]): (value: number) => number {
  return values.every(Number.isInteger) ? Math.round : (value) => Math.round(value * 10) / 10;
}

/** Maps all boxes, lines and points of a report. */
export function moveReport(report: Report, map: Affine): Report {
  const move = {
    box: (entry: number[]) => moveBox(entry as Box, map),
    line: ([x1 = 0, y1 = 0, x2 = 0, y2 = 0]: number[]) => [
      ...movePoint([x1, y1], map),
      ...movePoint([x2, y2], map),
    ],
    point: ([x = 0, y = 0]: number[]) => movePoint([x, y], map),
  };
  const moved: { [what: string]: unknown } = { ...report };
  for (const [name, shape] of Object.entries(LISTS)) {
    const list = report[name];
    if (Array.isArray(list)) moved[name] = list.map(move[shape]);
  }
  if (report.landmarks) {
    moved.landmarks = report.landmarks.map((points) =>
      points.map(([x, y]) => movePoint([x, y], map))
    );
  }
  return moved;
}

/** Maps the center of a pixel: a pixel is a square. */
function movePoint([x, y]: [number, number], [a, b, c, d, e, f]: Affine): [number, number] {
  const [u, v] = [x + 0.5, y + 0.5];
  return [Math.round(a * u + b * v + c - 0.5), Math.round(d * u + e * v + f - 0.5)];
}
