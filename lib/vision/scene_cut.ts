/** Tells where a film goes on with another scene, by the mean grays of a few hundred cells. */

import type { Size } from "./cv.ts";

/** Cells in a row and in a column. */
const ACROSS = 20;
const DOWN = 15;
/** Pixels that are looked at in a cell, in a row and in a column. */
const SAMPLES = 4;
/** The mean difference of the cells' grays that makes a cut, of 255. */
const CUT = 14;

export class SceneCut {
  readonly #places: Int32Array;
  #before: Float32Array | undefined;

  constructor({ width, height }: Size) {
    const [columns, rows] = [ACROSS * SAMPLES, DOWN * SAMPLES];
    this.#places = Int32Array.from({ length: columns * rows }, (_, index) => {
      const column = Math.floor((index % columns + 0.5) * width / columns);
      return Math.floor((Math.floor(index / columns) + 0.5) * height / rows) * width + column;
    });
  }

  /** Whether a picture of `width*height` bytes begins a new scene; the first one does. */
  look(pixels: Uint8Array): boolean {
    const cells = new Float32Array(ACROSS * DOWN);
    const columns = ACROSS * SAMPLES;
    for (const [index, place] of this.#places.entries()) {
      const row = Math.floor(index / columns / SAMPLES);
      const cell = row * ACROSS + Math.floor(index % columns / SAMPLES);
      cells[cell] = (cells[cell] ?? 0) + (pixels[place] ?? 0) / SAMPLES ** 2;
    }
    const before = this.#before;
    this.#before = cells;
    if (!before) return true;
    const apart = cells.reduce((sum, gray, cell) => sum + Math.abs(gray - (before[cell] ?? 0)), 0);
    return apart / cells.length >= CUT;
  }
}
