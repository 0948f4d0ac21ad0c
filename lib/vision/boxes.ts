/** Arithmetic on boxes. */

import type { Size } from "./cv.ts";
import type { Box, Report } from "../frame/detection.ts";

/** The report of a filter that finds one kind of things, with their label; others stay as they are. */
export function labelled(report: Report, label: string | undefined): Report {
  const { boxes, labels } = report;
  if (!boxes || labels || label === undefined) return report;
  return { ...report, labels: boxes.map(() => label) };
}

/** Intersection over union: 0 for boxes that do not touch, 1 for equal boxes. */
export function overlap(a: Box, b: Box): number {
  const [, , width, height] = common(a, b);
  const both = width * height;
  return both === 0 ? 0 : both / (a[2] * a[3] + b[2] * b[3] - both);
}

/** The intersection of two boxes; its width or height is 0 if they do not touch. */
export function common(a: Box, b: Box): Box {
  const left = Math.max(a[0], b[0]);
  const top = Math.max(a[1], b[1]);
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - left;
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - top;
  return [left, top, Math.max(0, width), Math.max(0, height)];
}

/** A box grown by `x` and `y` pixels on each side, rounded to whole pixels and cut at the picture's edges. */
export function grown(
  [left, top, width, height]: Box,
  { x, y, within }: { x: number; y: number; within: Size },
): Box {
  const from = [Math.floor(left - x), Math.floor(top - y)] as const;
  const to = [Math.ceil(left + width + x), Math.ceil(top + height + y)] as const;
  return common([...from, to[0] - from[0], to[1] - from[1]], [0, 0, within.width, within.height]);
}
