/**
 * Looks for what a Haar cascade was trained for: pixels go in, every window that passes comes out, the
 * same ones as in OpenCV's `detectMultiScale` with no neighbours wanted. A part of the windows' sizes and
 * places can be searched by itself, so that one search can be divided.
 *
 * It needs no OpenCV: for 640x480 some 4 MB of memory, and a few milliseconds to start.
 */

import type { Size } from "../cv.ts";
import type { Box } from "../filter.ts";
import type { HaarCascade } from "./haar_cascade.ts";
import { compileHaar, type HaarLayout } from "./haar_program.ts";

/** One size of the window, and the copy of the picture in which it is the cascade's own. */
export interface HaarScale {
  readonly factor: number;
  /** The size of the copy, in pixels. */
  readonly width: number;
  readonly height: number;
  /** From one window to the next, in pixels of the copy. */
  readonly step: 1 | 2;
  /** The size of the window, in pixels of the picture. */
  readonly window: Size;
  /** How many rows and columns of windows there are. */
  readonly rows: number;
  readonly columns: number;
}

/** Rows and columns of windows of one size; the last ones are not included. */
export interface HaarPart {
  /** An index in the list of the scales. */
  readonly scale: number;
  readonly rows: readonly [from: number, to: number];
  readonly columns?: readonly [from: number, to: number];
}

/** The sizes of the window that OpenCV looks at, from the smallest on. */
export function haarScales(
  window: Size,
  picture: Size,
  { scale, min, max = Infinity }: { scale: number; min: number; max?: number },
): HaarScale[] {
  const scales: HaarScale[] = [];
  for (let exact = 1;; exact *= scale) {
    const [width, height] = [round(window.width * exact), round(window.height * exact)];
    if (width > Math.min(max, picture.width) || height > Math.min(max, picture.height)) {
      return scales;
    }
    if (width < min || height < min) continue;
    const factor = Math.fround(exact);
    const copy = {
      width: round(Math.fround(picture.width / factor)),
      height: round(Math.fround(picture.height / factor)),
    };
    const step = factor >= 2 ? 1 : 2;
    scales.push({
      ...{ factor, ...copy, step },
      window: {
        width: round(Math.fround(window.width * factor)),
        height: round(Math.fround(window.height * factor)),
      },
      rows: Math.max(0, Math.ceil((copy.height + 1 - window.height) / step)),
      columns: Math.max(0, Math.ceil((copy.width + 1 - window.width) / step)),
    });
  }
}

/** To the nearest whole number, halves to the even one, as OpenCV rounds. */
function round(value: number): number {
  const whole = Math.round(value);
  return whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}

const PAGE = 65536;

export class HaarScan {
  readonly scales: readonly HaarScale[];
  readonly #window: Size;
  readonly #picture: Size;
  readonly #memory: WebAssembly.Memory;
  readonly #rows: ReadonlyMap<number, (at: number, count: number) => number>;
  readonly #stride: number;
  readonly #sums: number;
  readonly #squares: number;
  readonly #hits: number;
  /** For each scale, which two columns, and which two rows, of the picture make one of the copy. */
  readonly #tables: readonly { readonly x: Mix; readonly y: Mix }[];

  /** `scales` are those of `haarScales`, for the cascade's window and this size of the picture. */
  constructor(cascade: HaarCascade, picture: Size, scales: readonly HaarScale[]) {
    this.scales = scales;
    this.#window = cascade.window;
    this.#picture = picture;
    const widest = scales.reduce((most, { width }) => Math.max(most, width), cascade.window.width);
    const highest = scales.reduce(
      (most, { height }) => Math.max(most, height),
      cascade.window.height,
    );
    const half = Math.ceil((widest + 1) / 2);
    this.#stride = 2 * half + 4;
    const line = 4 * (widest + 16);
    const plane = 4 * this.#stride * (highest + 2) + 64;
    const [factors, states, hits, constants] = [0, line, 2 * line, 3 * line];
    this.#hits = hits;
    const programs = ([1, 2] as const).map((step) => {
      const place = (x: number, y: number) =>
        4 * (y * this.#stride + (step === 1 ? x : (x % 2) * half + Math.floor(x / 2)));
      const layout: HaarLayout = { squares: plane, factors, states, hits, constants, place };
      // The constants of both are the same: they stand in the order of the stages.
      return { step, ...compileHaar(cascade, layout) };
    });
    const most = Math.max(...programs.map(({ constants }) => constants.length));
    this.#sums = Math.ceil((constants + most) / 64) * 64;
    this.#squares = this.#sums + plane;
    const pages = Math.ceil((this.#sums + 2 * plane + line) / PAGE);
    this.#memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
    this.#rows = new Map(programs.map(({ step, module, constants: bytes }) => {
      new Uint8Array(this.#memory.buffer, constants).set(bytes);
      const instance = new WebAssembly.Instance(new WebAssembly.Module(module), {
        env: { memory: this.#memory },
      });
      return [step, instance.exports.row as (at: number, count: number) => number];
    }));
    this.#tables = scales.map(({ width, height }) => ({
      x: mix(picture.width, width),
      y: mix(picture.height, height),
    }));
  }

  /** The windows that pass in this part of a picture of `width*height` bytes, row by row. */
  search(pixels: Uint8Array, { scale: index, rows, columns }: HaarPart): Box[] {
    const scale = this.scales[index];
    const row = scale && this.#rows.get(scale.step);
    if (!scale || !row) throw new RangeError(`there is no size ${index} of the window`);
    const { step, factor, window } = scale;
    const [top, bottom] = [Math.max(0, rows[0]), Math.min(rows[1], scale.rows)];
    const left = Math.max(0, columns?.[0] ?? 0);
    const right = Math.min(columns?.[1] ?? Infinity, scale.columns);
    if (top >= bottom || left >= right) return [];
    this.#sum(pixels, index, {
      x: left * step,
      y: top * step,
      width: (right - left - 1) * step + this.#window.width,
      height: (bottom - top - 1) * step + this.#window.height,
    });
    const hits = new Int32Array(this.#memory.buffer, this.#hits);
    const found: Box[] = [];
    for (let line = top; line < bottom; line++) {
      const at = this.#sums + 4 * this.#stride * (line - top) * step;
      const count = row(at, right - left);
      for (let hit = 0; hit < count; hit++) {
        const x = (left + (hits[hit] ?? 0)) * step;
        const place = [x, line * step].map((side) => round(Math.fround(side * factor)));
        found.push([place[0] ?? 0, place[1] ?? 0, window.width, window.height]);
      }
    }
    return found;
  }

  /**
   * Makes the sums, and those of squares, over a part of the shrunk copy. The copy is the one that
   * OpenCV's INTER_LINEAR_EXACT makes: weights of 8 bits, rounded once at the end.
   */
  #sum(
    pixels: Uint8Array,
    scale: number,
    part: { x: number; y: number; width: number; height: number },
  ): void {
    const tables = this.#tables[scale];
    if (!tables) return;
    const { x: xs, y: ys } = tables;
    const stride = this.#stride;
    const plane = (this.#squares - this.#sums) / 4;
    const sums = new Int32Array(this.#memory.buffer, this.#sums, 2 * plane);
    const { width } = part;
    const twice = this.scales[scale]?.step === 2;
    const half = (stride - 4) / 2;
    sums.fill(0, 0, stride);
    sums.fill(0, plane, plane + stride);
    for (let y = 0; y < part.height; y++) {
      const line = (ys.at[part.y + y] ?? 0) * this.#picture.width;
      const next = (ys.next[part.y + y] ?? 0) * this.#picture.width;
      const lower = ys.weight[part.y + y] ?? 0;
      const upper = 256 - lower;
      let [sum, square] = [0, 0];
      const to = (y + 1) * stride;
      sums[to] = 0;
      sums[to + plane] = 0;
      for (let x = 0; x < width; x++) {
        const a = xs.at[part.x + x]!;
        const b = xs.next[part.x + x]!;
        const right = xs.weight[part.x + x]!;
        const left = 256 - right;
        const above = left * pixels[line + a]! + right * pixels[line + b]!;
        const below = left * pixels[next + a]! + right * pixels[next + b]!;
        const value = (upper * above + lower * below + 0x8000) >> 16;
        sum += value;
        square = (square + value * value) | 0;
        const column = x + 1;
        const place = to + (twice ? (column & 1) * half + (column >> 1) : column);
        sums[place] = sums[place - stride]! + sum;
        sums[place + plane] = sums[place + plane - stride]! + square;
      }
    }
  }
}

/** For each row or column of a copy the two of the picture, and the second one's share of 256. */
interface Mix {
  readonly at: Int32Array;
  readonly next: Int32Array;
  readonly weight: Int32Array;
}

function mix(from: number, to: number): Mix {
  const [at, next, weight] = [new Int32Array(to), new Int32Array(to), new Int32Array(to)];
  const scale = 1 / (to / from);
  for (let index = 0; index < to; index++) {
    const exact = scale * (index + 0.5) - 0.5;
    const whole = Math.floor(exact);
    const last = whole >= from - 1;
    const first = last ? from - 1 : Math.max(0, whole);
    at[index] = first;
    next[index] = Math.min(first + 1, from - 1);
    weight[index] = last || whole < 0 ? 0 : round((exact - whole) * 256);
  }
  return { at, next, weight };
}
