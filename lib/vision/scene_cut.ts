/** Detects scene cuts in a film, by the mean grays of a few hundred cells. */

import type { Size } from "./cv.ts";

/** Cells per row and per column of the grid. */
const COLUMNS = 20;
const ROWS = 15;
/** Sampled pixels per row and per column of a cell. */
const SAMPLES_PER_SIDE = 4;
/** The mean difference of the cells' grays at a cut, out of 255. */
const CUT_DIFFERENCE = 14;

export class SceneCut {
  readonly #places: Int32Array;
  #before: Float32Array | undefined;

  constructor({ width, height }: Size) {
    const [columns, rows] = [COLUMNS * SAMPLES_PER_SIDE, ROWS * SAMPLES_PER_SIDE];
    this.#places = Int32Array.from({ length: columns * rows }, (_, index) => {
      const column = Math.floor((index % columns + 0.5) * width / columns);
      return Math.floor((Math.floor(index / columns) + 0.5) * height / rows) * width + column;
    });
  }

  /** Whether the next picture, of `width*height` bytes, starts a new scene. The first picture does. */
  isCut(pixels: Uint8Array): boolean {
    const cells = new Float32Array(COLUMNS * ROWS);
    const columns = COLUMNS * SAMPLES_PER_SIDE;
    for (const [index, place] of this.#places.entries()) {
      const row = Math.floor(index / columns / SAMPLES_PER_SIDE);
      const cell = row * COLUMNS + Math.floor(index % columns / SAMPLES_PER_SIDE);
      cells[cell] = (cells[cell] ?? 0) + (pixels[place] ?? 0) / SAMPLES_PER_SIDE ** 2;
    }
    const before = this.#before;
    this.#before = cells;
    if (!before) return true;
    const apart = cells.reduce((sum, gray, cell) => sum + Math.abs(gray - (before[cell] ?? 0)), 0);
    return apart / cells.length >= CUT_DIFFERENCE;
  }
}
