/**
 * How the rows and frames of a raw stream lie, found out from its bytes alone. Pure.
 *
 * Rows: a pixel is most like the one right below it, `stride` bytes further on. Frames: the last row of
 * one and the first of the next differ more than rows do, once every `height` rows; and where the camera
 * stands still, the whole picture comes again. Periodic pictures (stripes, checkerboards), noise and
 * flat ones tell nothing: then nothing is said.
 */

import { MAX_SIDE } from "../frame/frame_size.ts";

/** How rows and frames lie in a raw stream. */
export interface RawGeometry {
  readonly width: number;
  readonly height: number;
  /** Bytes from one row's start to the next, at least the width. */
  readonly stride: number;
}

/** So many bytes from a stream's beginning are worth looking at; below `LEAST_BYTES` nothing is said. */
export const MOST_BYTES = 6 * 2 ** 20;
export const LEAST_BYTES = 8192;

/** Row lengths that are looked at. */
const [LEAST_STRIDE, MOST_STRIDE] = [48, Math.min(8192, MAX_SIDE)];

/** How many pairs of pixels are compared: for every row length, and again for the best ones. */
const [FEW, MANY] = [500, 12_000];

/** Below this mean difference of pixels that are far apart, in steps of gray, a picture is flat. */
const FLAT = 3;

/** The geometry that fits a piece of a raw stream best; undefined where nothing fits clearly. */
export function findGeometry(bytes: Uint8Array): RawGeometry | undefined {
  const rows = findRows(bytes);
  if (!rows) return undefined;
  const height = findHeight(bytes, rows.stride);
  if (!height) return undefined;
  return { stride: rows.stride, width: findWidth(bytes, rows.stride), height };
}

/**
 * Whether the stream is read with a wrong size: the geometry that fits better, undefined where the one
 * that is used may be right or nothing can be said.
 */
export function findShear(bytes: Uint8Array, read: RawGeometry): RawGeometry | undefined {
  const rows = findRows(bytes);
  if (!rows) return undefined;
  const { stride } = rows;
  if (stride !== read.stride) {
    // With the right width, the row below is a better neighbour than those a pixel or two off.
    const here = difference(bytes, read.stride, MANY);
    const beside = [-2, -1, 1, 2].map((off) => difference(bytes, read.stride + off, MANY));
    const fits = here < Math.min(...beside) * 0.97;
    const multiple = read.stride % stride === 0;
    if (rows.difference > here * (multiple ? 0.75 : 0.7) || (fits && !multiple)) return undefined;
  }
  const height = findHeight(bytes, stride);
  if (!height) return undefined;
  const found = { stride, width: findWidth(bytes, stride), height };
  if (stride !== read.stride) return found;
  return height === read.height || heightFits(bytes, read) ? undefined : found;
}

/** The mean difference of pixels `lag` bytes apart, in steps of gray. */
function difference(bytes: Uint8Array, lag: number, pairs: number): number {
  const room = bytes.length - lag;
  if (room <= 0) return Infinity;
  let sum = 0;
  // Places spread as evenly as chance, but the same ones at every call (Weyl's sequence).
  for (let k = 1; k <= pairs; k++) {
    const at = Math.floor((k * 0.6180339887498949 % 1) * room);
    sum += Math.abs((bytes[at] ?? 0) - (bytes[at + lag] ?? 0));
  }
  return sum / pairs;
}

/** The length of a row, where it is clear; and how much a pixel differs from the one below. */
function findRows(bytes: Uint8Array): { stride: number; difference: number } | undefined {
  const most = Math.min(MOST_STRIDE, Math.floor(bytes.length / 4));
  if (bytes.length < LEAST_BYTES) return undefined;
  const curve = new Float64Array(most + 1);
  for (let lag = 1; lag <= most; lag++) curve[lag] = difference(bytes, lag, FEW);
  const usual = median(curve.subarray(LEAST_STRIDE));
  if (usual < FLAT) return undefined;

  const candidates = [...curve.keys()].slice(LEAST_STRIDE)
    .filter((lag) => (curve[lag] ?? 0) < usual * 0.75)
    .sort((a, b) => (curve[a] ?? 0) - (curve[b] ?? 0)).slice(0, 24);
  let stride = 0;
  let least = Infinity;
  for (const lag of candidates) {
    const exact = difference(bytes, lag, MANY);
    if (exact < least) [stride, least] = [lag, exact];
  }
  if (stride === 0) return undefined;
  // Two rows further on is nearly as good a neighbour: the shortest is the row.
  for (let parts = 8; parts >= 2; parts--) {
    const part = stride / parts;
    if (!Number.isInteger(part) || part < LEAST_STRIDE) continue;
    const exact = difference(bytes, part, MANY);
    if (exact > least * 1.25) continue;
    [stride, least] = [part, exact];
    break;
  }
  if (least > usual * 0.7) return undefined;
  const beside = [-3, 3].map((off) => difference(bytes, stride + off, MANY));
  if (least > Math.min(...beside) * 0.93) return undefined; // no minimum, a slope
  // What repeats within a row (stripes, boards) would make a row of any length.
  let risen = 0;
  for (let lag = 2; lag < stride - 8; lag++) {
    const here = curve[lag] ?? 0;
    risen = Math.max(risen, here);
    if (risen > usual * 0.7 && here < Math.max(least * 1.25, 1) && here < risen * 0.5) {
      if (difference(bytes, lag, MANY) < Math.max(least * 1.15, 1)) return undefined;
    }
  }
  return { stride, difference: least };
}

/** Rows a frame, where it is clear. */
function findHeight(bytes: Uint8Array, stride: number): number | undefined {
  const rows = Math.floor(bytes.length / stride);
  const least = Math.max(16, Math.floor(stride / 6));
  const most = Math.min(3 * stride, rows - 2, MAX_SIDE);
  const repeats = repetition(bytes, stride, { least, most });
  if (repeats !== undefined) return repeats;
  const jumps = rowJumps(bytes, stride);
  let [best, second, height] = [0, 0, 0];
  for (let h = least; h <= most; h++) {
    const score = boundaryScore(jumps, h);
    if (score > best * 1.15) {
      if (h % Math.max(1, height) !== 0) second = best;
      [best, height] = [score, h];
    } else if (score > second && h % Math.max(1, height) !== 0) {
      second = score;
    }
  }
  // One seam may be an edge in the picture; it takes more of them, or a shape that is in use.
  const seams = Math.floor(jumps.length / Math.max(1, height));
  const needed = (seams >= 3 ? 2.5 : 4) * (isUsualShape(stride, height) ? 0.7 : 1.3);
  return best >= needed && best > second * 1.1 ? height : undefined;
}

/** Whether frames of so many rows may be right: they repeat, or there is a seam between them. */
function heightFits(bytes: Uint8Array, { stride, height }: RawGeometry): boolean {
  const jumps = rowJumps(bytes, stride);
  if (boundaryScore(jumps, height) > 1.5 || jumps.length < height) return true;
  const [here, above, below] = [0, -1, 1].map((off) =>
    difference(bytes, stride * (height + off), MANY)
  );
  return (here ?? 0) < Math.min(above ?? 0, below ?? 0) * 0.9;
}

/** The rows after which the picture comes again, where the camera stands still. */
function repetition(
  bytes: Uint8Array,
  stride: number,
  { least, most }: { least: number; most: number },
): number | undefined {
  let [height, smallest] = [0, Infinity];
  for (let h = least; h <= most; h++) {
    const here = difference(bytes, stride * h, FEW);
    if (here < smallest * 0.8) [height, smallest] = [h, here]; // not its multiples
  }
  if (height === 0) return undefined;
  const [here = 0, ...beside] = [0, -1, 1, -2, 2].map((off) =>
    difference(bytes, stride * (height + off), MANY)
  );
  return here < Math.min(...beside) * 0.6 ? height : undefined;
}

/** How much each row differs from the one before it; index 0 is the first pair. */
function rowJumps(bytes: Uint8Array, stride: number): Float64Array {
  const rows = Math.floor(bytes.length / stride);
  const step = Math.max(1, Math.floor(stride / 96));
  const jumps = new Float64Array(Math.max(0, rows - 1));
  for (let row = 0; row < jumps.length; row++) {
    let sum = 0;
    let count = 0;
    for (let x = row % step; x < stride; x += step, count++) {
      const at = row * stride + x;
      sum += Math.abs((bytes[at] ?? 0) - (bytes[at + stride] ?? 0));
    }
    jumps[row] = sum / Math.max(1, count);
  }
  return jumps;
}

/** The least jump between frames of `height` rows, against the rows around each. */
function boundaryScore(jumps: Float64Array, height: number): number {
  let least = Infinity;
  for (let at = height - 1; at < jumps.length; at += height) {
    const around = jumps.subarray(Math.max(0, at - 8), at + 9);
    least = Math.min(least, (jumps[at] ?? 0) / Math.max(0.5, median(around)));
  }
  return Number.isFinite(least) ? least : 0;
}

/** Pixels a row: rows of other programs may be padded with zeros to a multiple of 4 bytes. */
function findWidth(bytes: Uint8Array, stride: number): number {
  if (stride % 4 !== 0) return stride;
  const rows = Math.min(2000, Math.floor(bytes.length / stride));
  let padding = 0;
  while (padding < 4 && columnSum(bytes, { stride, rows, column: stride - 1 - padding }) === 0) {
    padding++;
  }
  const last = columnSum(bytes, { stride, rows, column: stride - 1 - padding }) / rows;
  return padding > 0 && padding < 4 && last > 8 ? stride - padding : stride;
}

function columnSum(
  bytes: Uint8Array,
  { stride, rows, column }: { stride: number; rows: number; column: number },
): number {
  let sum = 0;
  for (let row = 0; row < rows; row++) sum += bytes[row * stride + column] ?? 0;
  return sum;
}

/** Shapes of pictures that cameras and players make. */
function isUsualShape(width: number, height: number): boolean {
  const shapes = [4 / 3, 16 / 9, 5 / 4, 11 / 9, 22 / 15, 3 / 2, 1, 3 / 4, 9 / 16, 2, 53 / 30];
  return shapes.some((shape) => Math.abs(width / height / shape - 1) < 0.015);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted[sorted.length >> 1] ?? 0;
}
