/** Merges the hits on one face into one box, as OpenCV's `groupRectangles` does. */

import type { Box } from "../../frame/detection.ts";
import { roundEven } from "./haar_scales.ts";

/** The maximum distance between the sides of two boxes of one face, as a share of their sizes. */
const MAX_DISTANCE = 0.2;

/** Groups hits. A group counts if it has more than `neighbours` hits; 0: no grouping. */
export function groupBoxes(hits: readonly Box[], neighbours: number): Box[] {
  if (neighbours === 0) return [...hits];
  const groups = partition(hits).filter(({ length }) => length > neighbours).map((group) => {
    const share = Math.fround(1 / group.length);
    const sum = (side: 0 | 1 | 2 | 3) => group.reduce((sum, box) => sum + box[side], 0);
    const mean = (side: 0 | 1 | 2 | 3) => roundEven(Math.fround(Math.fround(sum(side)) * share));
    const box: Box = [mean(0), mean(1), mean(2), mean(3)];
    return { box, count: group.length };
  });
  // A box inside of another one with more hits belongs to that face.
  return groups.filter(({ box, count }) =>
    !groups.some((other) =>
      other.box !== box && (other.count > Math.max(3, count) || count < 3) &&
      liesIn(box, other.box)
    )
  ).map(({ box }) => box);
}

function liesIn([x, y, width, height]: Box, outer: Box): boolean {
  const [dx, dy] = [roundEven(outer[2] * MAX_DISTANCE), roundEven(outer[3] * MAX_DISTANCE)];
  return x >= outer[0] - dx && y >= outer[1] - dy &&
    x + width <= outer[0] + outer[2] + dx && y + height <= outer[1] + outer[3] + dy;
}

/** The groups of similar boxes, directly or through other boxes, in the order of their first boxes. */
function partition(boxes: readonly Box[]): Box[][] {
  const parents = boxes.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    for (let above; (above = parents[at] ?? at) !== at; at = above) {
      parents[at] = parents[above] ?? above;
    }
    return at;
  };
  for (const [first, a] of boxes.entries()) {
    for (let second = 0; second < first; second++) {
      const b = boxes[second];
      if (b && similar(a, b)) parents[root(first)] = root(second);
    }
  }
  const groups = new Map<number, Box[]>();
  for (const [index, box] of boxes.entries()) {
    const key = root(index);
    const group = groups.get(key);
    if (group) group.push(box);
    else groups.set(key, [box]);
  }
  return [...groups.values()];
}

function similar(a: Box, b: Box): boolean {
  const most = MAX_DISTANCE * (Math.min(a[2], b[2]) + Math.min(a[3], b[3])) * 0.5;
  return Math.abs(a[0] - b[0]) <= most && Math.abs(a[1] - b[1]) <= most &&
    Math.abs(a[0] + a[2] - b[0] - b[2]) <= most && Math.abs(a[1] + a[3] - b[1] - b[3]) <= most;
}
