/**
 * Detects from its bytes alone whether a raw stream is read with a wrong size. The first bytes of the
 * stream in, a geometry out; no state.
 *
 * Rows: a picture resembles itself one row later (`row_correlation.ts`), and where a row ends the next
 * pixel, at the other side of the picture, does not continue it (`raw_seams.ts`). Frames: the first row
 * of a frame does not continue the last row of the frame before, and the whole repeats one frame later. There
 * is no result unless these agree: a wrong hint for a right picture is worse than none.
 *
 * It cannot detect pictures without texture or without edges at their sides: a flat or black picture,
 * noise, bars all round, a pattern that repeats; nor rows over `MAX_LAG` bytes (8192).
 */

import { isFrameSize } from "../frame/frame_size.ts";
import { findHeight, heightFits } from "./raw_height.ts";
import { CORRELATION_BYTES, rowCorrelation } from "./row_correlation.ts";
import { MAX_PADDING, readRows, spread } from "./raw_seams.ts";
import { findStride, strideFits } from "./raw_stride.ts";

/** The layout of rows and frames in a raw stream. */
export interface RawGeometry {
  /** Pixels in a row, 1 to `MAX_SIDE`. */
  readonly width: number;
  /** Rows in a frame, 1 to `MAX_SIDE`. */
  readonly height: number;
  /** Bytes from row to row; more than the width if rows are padded. */
  readonly stride: number;
}

/** The minimum number of bytes. The bytes must contain two frames, and some rows of a third. */
export const MIN_BYTES = CORRELATION_BYTES;

/** More bytes do not help: these contain two frames of 1920x1080 and most of a third. */
export const USEFUL_BYTES = 6 * 1024 * 1024;

/** The geometry that fits a piece of a raw stream best; undefined if nothing fits clearly. */
export function findGeometry(bytes: Uint8Array): RawGeometry | undefined {
  return find(bytes.subarray(0, USEFUL_BYTES));
}

/**
 * Whether the stream is read with a wrong size: the geometry that fits better, or undefined if the
 * given one is right or nothing is certain. What counts are its stride and its height.
 */
export function findShear(bytes: Uint8Array, read: RawGeometry): RawGeometry | undefined {
  return find(bytes.subarray(0, USEFUL_BYTES), read);
}

function find(bytes: Uint8Array, read?: RawGeometry): RawGeometry | undefined {
  const correlation = rowCorrelation(bytes);
  if (correlation === undefined) return undefined;
  const stride = findStride(bytes, correlation);
  if (stride === undefined) return undefined;
  const sheared = stride !== read?.stride;
  if (read && sheared && strideFits(bytes, correlation, read.stride, stride)) return undefined;
  const rows = readRows(bytes, stride);
  const height = findHeight(rows, stride);
  if (height === undefined) return undefined;
  if (read && !sheared && (height === read.height || heightFits(rows, read.height, height))) {
    return undefined;
  }
  const width = visibleWidth(bytes, stride);
  return isFrameSize({ width, height }) ? { width, height, stride } : undefined;
}

/** The width without padding: the last columns of rows padded to 4 bytes do not count if they are all 0. */
function visibleWidth(bytes: Uint8Array, stride: number): number {
  if (stride % (MAX_PADDING + 1) !== 0) return stride;
  const rows = Math.floor(bytes.length / stride);
  const bright = (column: number) => {
    let sum = 0;
    const taken = Math.min(1024, rows);
    for (let k = 0; k < taken; k++) {
      sum += bytes[spread(k, rows) * stride + column] ?? 0;
    }
    return sum / taken;
  };
  let width = stride;
  while (width > stride - MAX_PADDING && bright(width - 1) === 0) width--;
  // A dark edge of the picture fades in; behind padding the picture starts at once.
  return bright(width - 1) >= 4 && bright(0) >= 4 ? width : stride;
}
