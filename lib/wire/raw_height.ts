/** The rows of a frame of a raw stream, from the seams between frames and from what repeats. */

import { frameSeam, type Rows } from "./raw_seams.ts";

const MIN_HEIGHT = 24;

/** Cameras and films are between 9:32 (a phone upright) and 32:9 (a double screen). */
const NARROWEST = 9 / 32;
const WIDEST = 32 / 9;

/**
 * Wider pictures are no result: a still picture shown twice, one below the other, is two frames of half the
 * height to the byte, and only the shape of a half (4:3 gives 2.67, 16:9 gives 3.56) tells it from them.
 * Cinema is 2.39.
 */
const WIDEST_NAMED = 2.45;

/** The height that fits rows of this stride best; undefined if none does clearly. */
export function findHeight(rows: Rows, stride: number): number | undefined {
  const least = Math.max(MIN_HEIGHT, Math.ceil(stride / WIDEST));
  const most = Math.min(Math.floor((rows.count - 4) / 2), Math.floor(stride / NARROWEST));
  const clear: Scored[] = [];
  for (let height = least; height <= most; height++) {
    if ((rows.breaks[height] ?? 0) < 1.1 && (rows.breaks[2 * height] ?? 0) < 1.1) continue;
    const { strength, part, seams } = frameSeam(rows, height);
    if (part < 0.8 || strength < (seams < 4 ? 1.5 : 1.35)) continue;
    clear.push({ height, score: (strength - 1) * part });
  }
  const height = smallest(clear) ??
    (clear.length === 0 ? smallest(standing(rows, least, most)) : undefined);
  if (height === undefined || stride / height > WIDEST_NAMED) return undefined;
  return comesAgain(rows, height, clear.length === 0 ? 0.5 : 0.85) ? height : undefined;
}

interface Scored {
  readonly height: number;
  readonly score: number;
}

/** The smallest of a height and its multiples; undefined if there is another candidate. */
function smallest(clear: Scored[]): number | undefined {
  const most = Math.max(...clear.map(({ score }) => score));
  const rivals = clear.filter(({ score }) => score > 0.6 * most).map(({ height }) => height);
  const height = Math.min(...rivals);
  return rivals.every((rival) => rival % height === 0) && rivals.length > 0 ? height : undefined;
}

/**
 * Heights at which strong breaks repeat at the same row: the edges of black bars, which do not move with
 * the picture. Bars above and below leave no seam between frames.
 */
function standing({ breaks, count }: Rows, least: number, most: number): Scored[] {
  const strong: number[] = [];
  for (let r = 1; r < count && strong.length < 400; r++) if (isStrong(breaks, r)) strong.push(r);
  const found: Scored[] = [];
  for (let height = least; height <= most; height++) {
    const score = again(breaks, count, strong, height);
    if (score >= 0.5) found.push({ height, score });
  }
  // A height at which half of the breaks repeat is a rival, so that `smallest` returns nothing.
  return found.some(({ score }) => score >= 0.9) ? found.filter(({ score }) => score > 0.55) : [];
}

/** The share of the strong breaks that repeat `height` rows later, 0 if there are few. */
function again(breaks: Float32Array, count: number, strong: number[], height: number): number {
  let pairs = 0;
  let met = 0;
  for (const r of strong) {
    if (r + height >= count - 3) break;
    pairs++;
    if (isStrong(breaks, r + height)) met++;
  }
  return pairs < 2 ? 0 : met / pairs;
}

/** Whether a row breaks like the edge of a bar. */
function isStrong(breaks: Float32Array, row: number): boolean {
  return (breaks[row] ?? 0) > 2.5;
}

/** Whether there is some evidence for a given height, so that it must not be called wrong. */
export function heightFits(rows: Rows, given: number, better: number): boolean {
  if (given < 1) return false;
  if (given % better === 0) { // several pictures one below another, or frames read as one?
    return 2 * given > rows.count || rows.difference(better) > 1.4 * rows.difference(given) + 1;
  }
  const { strength, part } = frameSeam(rows, given);
  return strength > 1.25 && part > 0.6;
}

/** Whether rows a frame apart are more alike than rows somewhat less or more apart. */
function comesAgain(rows: Rows, height: number, below: number): boolean {
  const others: number[] = [];
  for (const part of [0.37, 0.43, 0.53, 0.61, 0.71, 0.79, 1.21, 1.29, 1.39, 1.57]) {
    const apart = Math.round(height * part);
    if (apart < rows.count - 16) others.push(rows.difference(apart));
  }
  others.sort((a, b) => a - b);
  return rows.difference(height) < below * (others[others.length >> 1] ?? 0);
}
