/**
 * Searches a picture with a Haar cascade: pixels in, all windows that pass out, the same ones as in OpenCV's
 * `detectMultiScale` with 0 neighbours. It can search some sizes and positions only, so that a search can be
 * divided.
 *
 * It does not need OpenCV. For 640x480 it needs about 4 MB of memory, and a few milliseconds to start.
 */

import type { Size } from "../cv.ts";
import type { Box } from "../../frame/detection.ts";
import { type HaarPart, type HaarScale, roundEven } from "./haar_scales.ts";
import type { PreparedHaar } from "./prepare_haar.ts";

const PAGE_BYTES = 65536;
/** Rows of windows between two checks for an abandoned search; they take about 1 ms. */
const ROWS_PER_CHECK = 32;
/** Searches in noise until V8 has optimized a cascade. */
const WARM_UP_SEARCHES = 12;

/** The exports of the compiled cascade. */
interface Exports {
  readonly row: (at: number, count: number) => number;
  readonly sumRow: (
    ...places: [line: number, next: number, share: number, table: number, count: number, to: number]
  ) => void;
}

export class HaarScan {
  readonly scales: readonly HaarScale[];
  readonly #window: Size;
  readonly #picture: Size;
  readonly #programs: ReadonlyMap<number, Exports>;
  /** In bytes, like all positions. */
  readonly #stride: number;
  /** The indices of the windows of a row that pass. */
  readonly #hits: Int32Array;
  readonly #pixels: Uint8Array;
  readonly #sums: number;
  readonly #places: { readonly table: number; readonly rows: Mix }[] = [];

  constructor({ window, picture, scales, layout, modules, constants }: PreparedHaar) {
    this.scales = scales;
    this.#window = window;
    this.#picture = picture;
    const pages = Math.ceil(layout.bytes / PAGE_BYTES);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    const whole = new Int32Array(memory.buffer);
    let table = layout.tables;
    for (const { width, height } of scales) {
      const { first, share } = mix(picture.width, width);
      for (const [column, at] of first.entries()) {
        whole.set([at, share[column] ?? 0], table / 4 + 2 * column);
      }
      this.#places.push({ table, rows: mix(picture.height, height) });
      table += 8 * width;
    }
    new Uint8Array(memory.buffer, layout.constants).set(constants);
    this.#programs = new Map(modules.map(({ step, places, columns, module }) => {
      whole.set(columns, places / 4);
      const { exports } = new WebAssembly.Instance(module, { env: { memory } });
      return [step, exports as unknown as Exports];
    }));
    this.#stride = layout.stride;
    this.#sums = layout.sums;
    this.#hits = new Int32Array(memory.buffer, layout.hits, layout.widest);
    this.#pixels = new Uint8Array(memory.buffer, layout.pixels);
  }

  /** Copies the picture to search, `width*height` bytes. */
  load(pixels: Uint8Array): void {
    this.#pixels.set(pixels);
  }

  /** The windows of a part of the picture that pass, row by row. Stops early if `isWanted` returns false. */
  search({ scale: index, rows, columns }: HaarPart, isWanted = () => true): Box[] {
    const scale = this.scales[index];
    const program = scale && this.#programs.get(scale.step);
    if (!scale || !program) throw new RangeError(`there is no size ${index} of the window`);
    const { step, factor, window } = scale;
    const [top, bottom] = [Math.max(0, rows[0]), Math.min(rows[1], scale.rows)];
    const left = Math.max(0, columns?.[0] ?? 0);
    const right = Math.min(columns?.[1] ?? Infinity, scale.columns);
    if (top >= bottom || left >= right || !isWanted()) return [];
    this.#sum(program, index, {
      ...{ x: left * step, y: top * step },
      width: (right - left - 1) * step + this.#window.width,
      height: (bottom - top - 1) * step + this.#window.height,
    });
    const found: Box[] = [];
    for (let line = top; line < bottom; line++) {
      if (line % ROWS_PER_CHECK === 0 && !isWanted()) break;
      const at = this.#sums + this.#stride * (line - top) * step;
      const count = program.row(at, right - left);
      for (let hit = 0; hit < count; hit++) {
        const x = (left + (this.#hits[hit] ?? 0)) * step;
        const [across, down] = [Math.fround(x * factor), Math.fround(line * step * factor)];
        found.push([roundEven(across), roundEven(down), window.width, window.height]);
      }
    }
    return found;
  }

  /** Searches noise until V8 has optimized the compiled cascade. */
  warmUp(): void {
    let value = 1;
    this.load(this.#pixels.subarray(1).map(() => (value = value * 16807 % 2147483647) >> 8));
    const first = this.scales.findLastIndex(({ step }) => step === 2);
    const parts = [first, first + 1].map((scale) => ({ scale, rows: [0, 48] as const }));
    for (let times = 0; times < WARM_UP_SEARCHES; times++) {
      for (const part of parts) if (this.scales[part.scale]) this.search(part);
    }
  }

  /** Computes the sums, and the sums of squares, over a part of the scaled copy. */
  #sum({ sumRow }: Exports, scale: number, part: Size & { x: number; y: number }): void {
    const place = this.#places[scale];
    if (!place) return;
    const table = place.table + 8 * part.x;
    const pixels = this.#pixels.byteOffset;
    // All sums above the first row and left of the first column are 0.
    for (let y = 0; y < part.height; y++) {
      const line = place.rows.first[part.y + y] ?? 0;
      const next = Math.min(line + 1, this.#picture.height - 1);
      const [from, below] = [line, next].map((row) => pixels + row * this.#picture.width);
      const to = this.#sums + (y + 1) * this.#stride;
      const share = place.rows.share[part.y + y] ?? 0;
      sumRow(from ?? 0, below ?? 0, share, table, part.width, to);
    }
  }
}

/** For each row or column of a copy: the first of two in the picture, and the weight of the second, of 256. */
interface Mix {
  readonly first: Int32Array;
  readonly share: Int32Array;
}

function mix(from: number, to: number): Mix {
  const [first, share] = [new Int32Array(to), new Int32Array(to)];
  const scale = 1 / (to / from);
  for (let index = 0; index < to; index++) {
    const exact = scale * (index + 0.5) - 0.5;
    const whole = Math.floor(exact);
    first[index] = Math.min(from - 1, Math.max(0, whole));
    if (whole >= 0 && whole < from - 1) share[index] = roundEven((exact - whole) * 256);
  }
  return { first, share };
}
