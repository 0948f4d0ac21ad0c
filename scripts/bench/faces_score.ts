/** How well found boxes agree with wanted ones, picture by picture. */

import { overlap } from "../../lib/vision/boxes.ts";
import type { Box } from "../../lib/frame/detection.ts";

/** Boxes of the same face overlap by this. */
const SAME = 0.6;
/** A box that overlaps no true face by this is false: a cascade's box is not the very face's. */
const TRUE = 0.3;

/** Sums over pictures. */
export interface Score {
  readonly pictures: number;
  /** Boxes that were wanted, and how many of them were found. */
  readonly wanted: number;
  readonly found: number;
  /** Boxes that overlap no true face. */
  readonly wrong: number;
  /** Pictures with the very same boxes. */
  readonly equal: number;
}

export function score(
  boxes: readonly (readonly Box[])[],
  { wanted, truth }: { wanted: readonly Box[][]; truth: readonly Box[][] },
): Score {
  const has = (found: readonly Box[] = [], box: Box, share: number) =>
    found.some((one) => overlap(one, box) >= share);
  const all = wanted.flatMap((of, frame) => of.map((box) => has(boxes[frame], box, SAME)));
  const wrong = boxes.flatMap((of, frame) => of.filter((box) => !has(truth[frame], box, TRUE)));
  return {
    pictures: boxes.length,
    wanted: all.length,
    found: all.filter(Boolean).length,
    wrong: wrong.length,
    equal: boxes.filter((of, frame) => text(of) === text(wanted[frame])).length,
  };
}

export function sum(scores: readonly Score[]): Score {
  const all = (of: (score: Score) => number) => scores.reduce((sum, score) => sum + of(score), 0);
  return {
    pictures: all(({ pictures }) => pictures),
    wanted: all(({ wanted }) => wanted),
    found: all(({ found }) => found),
    wrong: all(({ wrong }) => wrong),
    equal: all(({ equal }) => equal),
  };
}

export function percent(share: number, whole: number): string {
  return `${(100 * share / whole).toFixed(1)} %`;
}

function text(boxes: readonly Box[] = []): string {
  return boxes.map(String).toSorted().join(" ");
}
