/** Tells which part of a picture has changed, on a copy of it that is eight times smaller. */

import type { Cv, Mat, Size } from "./cv.ts";
import type { Box } from "./filter.ts";

/** The side of a cell, in pixels or a bit less: the mean of so many of them hides a camera's noise. */
const CELL = 8;
/** The difference of a cell's mean gray that counts, of 255. */
const DIFFERENT = 3;

export class Changes implements Disposable {
  readonly #cv: Cv;
  readonly #small: Mat;
  /** How many cells there are. */
  readonly #size: Size;
  /** The pixels of a cell. */
  readonly #cell: Size;
  #cells = new Uint8Array();

  constructor(cv: Cv, { width, height }: Size) {
    this.#cv = cv;
    this.#small = new cv.Mat();
    this.#size = new cv.Size(Math.ceil(width / CELL), Math.ceil(height / CELL));
    this.#cell = { width: width / this.#size.width, height: height / this.#size.height };
  }

  /** Takes the picture of this frame, to be compared with what was seen in others. */
  look(mat: Mat): void {
    this.#cv.resize(mat, this.#small, this.#size, 0, 0, this.#cv.INTER_AREA);
    this.#cells = this.#small.data.slice();
  }

  /**
   * The part of `strip` that is not what was `seen`, in pixels, and what is to be given as `seen` the
   * next time. All of it has changed when nothing was seen.
   */
  since(seen: Uint8Array | undefined, strip: Box): { changed: Box | undefined; seen: Uint8Array } {
    if (seen === undefined) return { changed: strip, seen: this.#cells.slice() };
    const { width } = this.#size;
    const { width: wide, height: high } = this.#cell;
    let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
    const end = Math.min(this.#size.height, Math.ceil((strip[1] + strip[3]) / high)) * width;
    for (let at = Math.floor(strip[1] / high) * width; at < end; at++) {
      const now = this.#cells[at] ?? 0;
      if (Math.abs(now - (seen[at] ?? 0)) < DIFFERENT) continue;
      seen[at] = now;
      const column = at % width;
      const row = (at - column) / width;
      if (column < left) left = column;
      if (column > right) right = column;
      if (row < top) top = row;
      if (row > bottom) bottom = row;
    }
    if (right < 0) return { changed: undefined, seen };
    const size = [(right - left + 1) * wide, (bottom - top + 1) * high] as const;
    return { changed: [left * wide, top * high, ...size], seen };
  }

  [Symbol.dispose](): void {
    this.#small[Symbol.dispose]();
  }
}
