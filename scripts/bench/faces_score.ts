/** Scores detected boxes against expected ones, picture by picture. */

import { overlap } from "../../lib/vision/boxes.ts";
import type { Box } from "../../lib/frame/detection.ts";

/** The minimum overlap of boxes of the same face. */
const SAME = 0.6;
/** A box is false if it overlaps no true face by this much; a cascade's box is not exactly the face's. */
const TRUE = 0.3;

/** Sums over pictures. */
export interface Score {
  readonly pictures: number;
  /** The number of expected boxes, and how many of them were found. */
  readonly expected: number;
  readonly found: number;
  /** The number of boxes that overlap no true face. */
  readonly wrong: number;
  /** The number of pictures with exactly the same boxes. */
  readonly equal: number;
}

export function score(
  boxes: readonly (readonly Box[])[],
  { expected, truth }: { expected: readonly Box[][]; truth: readonly Box[][] },
): Score {
  const has = (found: readonly Box[] = [], box: Box, share: number) =>
    found.some((one) => overlap(one, box) >= share);
  const all = expected.flatMap((of, frame) => of.map((box) => has(boxes[frame], box, SAME)));
  const wrong = boxes.flatMap((of, frame) => of.filter((box) => !has(truth[frame], box, TRUE)));
  return {
    pictures: boxes.length,
    expected: all.length,
    found: all.filter(Boolean).length,
    wrong: wrong.length,
    equal: boxes.filter((of, frame) => text(of) === text(expected[frame])).length,
  };
}

export function sum(scores: readonly Score[]): Score {
  const all = (of: (score: Score) => number) => scores.reduce((sum, score) => sum + of(score), 0);
  return {
    pictures: all(({ pictures }) => pictures),
    expected: all(({ expected }) => expected),
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
