/** Finds the stride of a raw stream, from its correlation and the seams of its rows. */

import { MAX_LAG } from "./row_correlation.ts";
import { type RowSeam, rowSeam, spread, stepAt } from "./raw_seams.ts";

/** The minimum stride: most textures repeat within fewer bytes. */
const MIN_STRIDE = 32;

/** Noise alone stays below 0.03: 1/sqrt(24576 steps) is 0.006, and of 8192 lags one reaches 4 of them. */
const ALIKE = 0.06;

/** The stride that fits best; undefined if none fits clearly. */
export function findStride(bytes: Uint8Array, correlation: Float32Array): number | undefined {
  const tops = peaks(correlation);
  const best = tops[0];
  if (best === undefined) return undefined;
  const stride = bySeam(bytes, correlation, tops) ?? byCorrelation(correlation, tops);
  if (stride === undefined || bytes.length < 64 * stride) return undefined;
  // A picture repeated side by side has seams within its rows; it is not several rows.
  return [2, 3].every((of) => isEven(bytes, stride, of)) ? stride : undefined;
}

/** Whether there is some evidence for a given stride, so that it must not be called wrong. */
export function strideFits(
  bytes: Uint8Array,
  correlation: Float32Array,
  given: number,
  better: number,
): boolean {
  if (given > MAX_LAG || given < 1) return given > MAX_LAG; // nothing is known beyond `MAX_LAG`
  const at = (lag: number) => correlation[lag] ?? 0;
  const seam = rowSeam(bytes, better);
  if (given % better === 0) { // one picture twice side by side, or two rows read as one?
    return !isUnique(seam) || at(better) < at(given) * 1.02 ||
      !isEven(bytes, better, given / better);
  }
  const own = rowSeam(bytes, given);
  // Every second row of a stride 3/2 as long ends at a seam, too: no more than half of it is seen.
  const seen = own.step > 2 + 1.5 * own.usual && own.above < 0.02;
  if (seen && own.step > 0.75 * seam.step) return true;
  if (at(given) > 0.9 * at(better)) return !(isUnique(seam) && seam.step > 1.6 * seam.other);
  if (isUnique(seam)) return false;
  return at(given) > 0.5 * at(better) || Math.abs(given - better) <= 8;
}

/** Whether the break at the row's end is clearly the largest one. */
function isUnique({ step, usual, other }: RowSeam): boolean {
  return step > 3 && step > 1.25 * other && step > 1.6 * usual;
}

/** The highest local maxima, highest first. */
function peaks(correlation: Float32Array): number[] {
  const found: number[] = [];
  for (let lag = MIN_STRIDE; lag < MAX_LAG; lag++) {
    const here = correlation[lag] ?? 0;
    if (here < ALIKE) continue;
    let top = true;
    for (let d = 1; d <= 3 && top; d++) {
      top = here >= (correlation[lag - d] ?? 0) && here > (correlation[lag + d] ?? 0);
    }
    if (top) found.push(lag);
  }
  return found.sort((a, b) => (correlation[b] ?? 0) - (correlation[a] ?? 0)).slice(0, 12);
}

/** The stride near a peak whose seam is clear; undefined where there is none or more than one. */
function bySeam(
  bytes: Uint8Array,
  correlation: Float32Array,
  tops: number[],
): number | undefined {
  const best = correlation[tops[0] ?? 0] ?? 0;
  const near = tops
    .flatMap((top) => [0, -1, 1, -2, 2, -3, 3].map((by) => top + by))
    .filter((lag) => (correlation[lag] ?? 0) > best / 3);
  // Interlaced pictures with motion are similar only two rows later.
  const halves = tops.filter((top) => top % 2 === 0).map((top) => top / 2);
  const steepest = [...new Set([...near, ...halves])]
    .filter((lag) => lag >= MIN_STRIDE && lag <= MAX_LAG && bytes.length > 64 * lag)
    .map((lag) => ({ lag, step: stepAt(bytes, lag) }))
    .sort((a, b) => b.step - a.step)
    .slice(0, 5);
  const clear = steepest
    .map(({ lag }) => ({ lag, seam: rowSeam(bytes, lag) }))
    .filter(({ seam }) => isUnique(seam))
    // Padding puts a break before the row's end, too, where a neighbour's seam finds it: the even one.
    .sort((a, b) => b.seam.step / b.seam.other - a.seam.step / a.seam.other);
  const [first, second] = clear;
  if (first === undefined) return undefined;
  if (
    second === undefined ||
    first.seam.step / first.seam.other > 1.3 * second.seam.step / second.seam.other
  ) {
    return first.lag;
  }
  return undefined;
}

/** The stride of a single sharp peak, or of a peak and its multiples. */
function byCorrelation(correlation: Float32Array, tops: number[]): number | undefined {
  const best = tops[0] ?? 0;
  const at = (lag: number) => correlation[lag] ?? 0;
  const high = at(best);
  if (high < 0.3 || at(best - 1) > 0.95 * high || at(best + 1) > 0.95 * high) return undefined;
  for (let lag = MIN_STRIDE; lag <= MAX_LAG; lag++) {
    const off = Math.abs(lag - Math.round(lag / best) * best);
    if (off > 8 && at(lag) > 0.6 * high) return undefined; // another period is in it
  }
  return best;
}

/** Whether all rows are about equally similar to the next; those of a picture shown `of` times are not. */
function isEven(bytes: Uint8Array, stride: number, of: number): boolean {
  const groups = Math.floor((Math.floor(bytes.length / stride) - 1) / of);
  const taken = Math.min(groups, 200);
  const middles = Array.from({ length: of }, (_, place) => {
    const steps = Float64Array.from({ length: taken }, (_, k) => {
      return step(bytes, (spread(k, groups) * of + place) * stride, stride);
    }).sort();
    return steps[taken >> 1] ?? 0; // not the mean: one seam between frames outweighs fifty rows
  });
  return Math.max(...middles) <= 1.7 * Math.min(...middles) + 0.3;
}

/** The mean difference of a row from the next, in gray levels. */
function step(bytes: Uint8Array, row: number, stride: number): number {
  let sum = 0;
  let count = 0;
  for (let i = row; i < row + stride; i += 13, count++) {
    sum += Math.abs((bytes[i] ?? 0) - (bytes[i + stride] ?? 0));
  }
  return sum / count;
}
