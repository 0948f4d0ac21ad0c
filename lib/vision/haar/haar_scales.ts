/** The window sizes of a search, and how they are divided into parts. */

import type { Size } from "../cv.ts";

/** One size of the window, and the scaled copy of the picture in which it has the cascade's size. */
export interface HaarScale {
  readonly factor: number;
  /** The size of the copy, in pixels. */
  readonly width: number;
  readonly height: number;
  /** The distance from one window to the next, in pixels of the copy. */
  readonly step: 1 | 2;
  /** The size of the window, in pixels of the picture. */
  readonly window: Size;
  /** The number of rows and columns of windows. */
  readonly rows: number;
  readonly columns: number;
}

/** Rows and columns of windows of one size; `to` is not included. */
export interface HaarPart {
  /** An index in the list of scales. */
  readonly scale: number;
  readonly rows: readonly [from: number, to: number];
  readonly columns?: readonly [from: number, to: number];
}

/** The window sizes that OpenCV searches, from the smallest to the largest. */
export function haarScales(
  window: Size,
  picture: Size,
  { scale, min, max = Infinity }: { scale: number; min: number; max?: number },
): HaarScale[] {
  const scales: HaarScale[] = [];
  for (let exact = 1;; exact *= scale) {
    const [width, height] = [roundEven(window.width * exact), roundEven(window.height * exact)];
    if (width > Math.min(max, picture.width) || height > Math.min(max, picture.height)) {
      return scales;
    }
    if (width < min || height < min) continue;
    const factor = Math.fround(exact);
    const copy = {
      width: roundEven(Math.fround(picture.width / factor)),
      height: roundEven(Math.fround(picture.height / factor)),
    };
    const step = factor >= 2 ? 1 : 2;
    scales.push({
      ...{ factor, ...copy, step },
      window: {
        width: roundEven(Math.fround(window.width * factor)),
        height: roundEven(Math.fround(window.height * factor)),
      },
      rows: Math.max(0, Math.ceil((copy.height + 1 - window.height) / step)),
      columns: Math.max(0, Math.ceil((copy.width + 1 - window.width) / step)),
    });
  }
}

/** Rounds to the nearest integer, and halves to the nearest even one, as OpenCV does. */
export function roundEven(value: number): number {
  const whole = Math.round(value);
  return whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

/** The cost of a window, and of a pixel of a scaled copy, as measured; only the ratio matters. */
const WINDOW_NS = 70;
const PIXEL_NS = 7;

/** Divides all windows into `shares` parts of about the same cost. Some can be empty. */
export function divide(scales: readonly HaarScale[], shares: number): HaarPart[][] {
  const cost = ({ columns, step, width }: HaarScale) =>
    columns * WINDOW_NS + width * step * PIXEL_NS;
  const whole = scales.reduce((sum, scale) => sum + scale.rows * cost(scale), 0);
  const parts = Array.from({ length: shares }, (): HaarPart[] => []);
  let done = 0;
  for (const [index, scale] of scales.entries()) {
    const rowCost = cost(scale);
    for (let row = 0; row < scale.rows;) {
      const share = Math.min(shares - 1, Math.floor(done / whole * shares + 1e-9));
      const left = share === shares - 1 ? Infinity : whole * (share + 1) / shares - done;
      const rows = Math.min(scale.rows - row, Math.max(1, Math.round(left / rowCost)));
      parts[share]?.push({ scale: index, rows: [row, row + rows] });
      row += rows;
      done += rows * rowCost;
    }
  }
  return parts;
}
