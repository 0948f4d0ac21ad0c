/**
 * The seams of a raw stream: the end of a row does not continue into the beginning of the next, nor the
 * last row of a frame into the first of the next. The first bytes of the stream in, figures out. The first
 * byte is the pixel at the top left, so that each seam is at a known byte.
 */

/** The break at the row's end, in gray levels from byte to byte, as a mean over rows. */
export interface RowSeam {
  /** At the row's end. */
  readonly step: number;
  /** The median over the columns. */
  readonly usual: number;
  /** The largest one elsewhere in the row. */
  readonly other: number;
  /** The share of columns that are steeper than the row's end, 0 to 1. */
  readonly above: number;
}

/** The maximum number of padding bytes per row: GStreamer and the tutorial's server pad to 4. */
export const MAX_PADDING = 3;

const SEAM_ROWS = 160; // the mean of 160 steps is exact to about 1/12 of their spread

/** The seam of rows that lie `stride` bytes apart. */
export function rowSeam(bytes: Uint8Array, stride: number): RowSeam {
  const rows = Math.floor(bytes.length / stride);
  const taken = Math.min(SEAM_ROWS, rows - 1);
  const sums = new Float64Array(stride);
  for (let k = 0; k < taken; k++) {
    let i = (1 + spread(k, rows - 1)) * stride - MAX_PADDING;
    let before = bytes[i - 1] ?? 0;
    for (let c = 0; c < stride && i < bytes.length; c++, i++) {
      const here = bytes[i] ?? 0;
      sums[c] = (sums[c] ?? 0) + Math.abs(here - before);
      before = here;
    }
  }
  // Columns -3 to 0 are the row's end: padding breaks before it and after it.
  let step = 0;
  for (let c = 0; c <= MAX_PADDING; c++) step = Math.max(step, sums[c] ?? 0);
  const others = sums.subarray(MAX_PADDING + 1).sort();
  const above = others.length - lowerBound(others, step);
  const per = 1 / Math.max(1, taken);
  return {
    step: step * per,
    usual: (others[others.length >> 1] ?? 0) * per,
    other: (others[others.length - 1] ?? 0) * per,
    above: above / Math.max(1, others.length),
  };
}

/** The break at the end of rows of this stride alone: one column, in gray levels. Cheap. */
export function stepAt(bytes: Uint8Array, stride: number): number {
  const rows = Math.floor(bytes.length / stride);
  const taken = Math.min(512, rows - 1);
  let sum = 0;
  for (let k = 0; k < taken; k++) {
    const i = (1 + spread(k, rows - 1)) * stride;
    sum += Math.abs((bytes[i] ?? 0) - (bytes[i - 1] ?? 0));
  }
  return sum / Math.max(1, taken);
}

/** The rows of a stream, each as some of its pixels. */
export interface Rows {
  readonly count: number;
  /** `count` figures: how much steeper the step to a row is than those around it; 1 is usual. */
  readonly breaks: Float32Array;
  /** The mean difference, in gray levels, of rows that are `apart` rows apart. */
  difference(apart: number): number;
}

const MAX_ROWS = 24000; // 100 frames of 240 rows; more rows do not improve the result
const COLUMNS = 48;

/** Reads rows that lie `stride` bytes apart. */
export function readRows(bytes: Uint8Array, stride: number): Rows {
  const count = Math.min(MAX_ROWS, Math.floor(bytes.length / stride));
  const jumps = new Float32Array(count);
  // Spread slightly unevenly, so that the columns do not line up with stripes in the picture.
  const columns = Int32Array.from(
    { length: COLUMNS },
    (_, c) => Math.min(stride - 1, Math.floor(stride * (c + (c * 0.618) % 1) / COLUMNS)),
  );
  for (let r = 1; r < count; r++) {
    let sum = 0;
    const row = r * stride;
    for (let c = 0; c < COLUMNS; c++) {
      const i = row + (columns[c] ?? 0);
      sum += Math.abs((bytes[i] ?? 0) - (bytes[i - stride] ?? 0));
    }
    jumps[r] = sum / COLUMNS;
  }
  const breaks = new Float32Array(count);
  for (let r = 1; r < count; r++) {
    let around = 0;
    for (const d of [-3, -2, -1, 1, 2, 3]) around = Math.max(around, jumps[r + d] ?? 0);
    breaks[r] = ((jumps[r] ?? 0) + 1) / (around + 1); // + 1: no break in a flat picture's noise
  }
  return {
    count,
    breaks,
    difference(apart) {
      const pairs = count - apart;
      const taken = Math.min(128, pairs);
      let sum = 0;
      for (let k = 0; k < taken; k++) {
        const row = spread(k, pairs) * stride;
        for (let c = 0; c < COLUMNS; c += 2) {
          const i = row + (columns[c] ?? 0);
          sum += Math.abs((bytes[i] ?? 0) - (bytes[i + apart * stride] ?? 0));
        }
      }
      return taken < 1 ? Infinity : sum / (taken * COLUMNS / 2);
    },
  };
}

/** How clearly frames end every `height` rows. */
export interface FrameSeam {
  /** The number of seams. */
  readonly seams: number;
  /** The median break; 1 is usual. */
  readonly strength: number;
  /** The share of seams with a break of at least `MIN_BREAK`, 0 to 1. */
  readonly part: number;
}

/** The minimum break of a seam: a row's step varies by a few tenths of its neighbors' largest. */
const MIN_BREAK = 1.25;

/** The seam of frames of this height. */
export function frameSeam({ breaks, count }: Rows, height: number): FrameSeam {
  const found: number[] = [];
  for (let r = height; r < count - 3; r += height) found.push(breaks[r] ?? 0);
  const broken = found.filter((strength) => strength >= MIN_BREAK).length;
  found.sort((a, b) => a - b);
  return {
    seams: found.length,
    strength: found[(found.length - 1) >> 1] ?? 0,
    part: broken / Math.max(1, found.length),
  };
}

/**
 * The `k`th position below `count`, in a sequence that the golden ratio spreads. Even spacing can hit only seams:
 * every fourth row of 120 bytes is at the end of a row of a picture 160 wide.
 */
export function spread(k: number, count: number): number {
  return Math.floor(count * ((k * 0.618033988749895) % 1));
}

/** The number of values up to a limit, in an ascending array. */
function lowerBound(rising: Float64Array, limit: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
