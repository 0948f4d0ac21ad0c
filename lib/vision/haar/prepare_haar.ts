/**
 * Prepares a Haar cascade for pictures of one size: compiles it and lays out its memory. The result can be
 * sent to other Workers, which share the compiled code.
 */

import type { Size } from "../cv.ts";
import type { HaarCascade } from "./haar_cascade.ts";
import { compileHaar } from "./haar_program.ts";
import type { HaarScale } from "./haar_scales.ts";

export interface PreparedHaar {
  /** The window that the cascade was trained with. */
  readonly window: Size;
  readonly picture: Size;
  readonly scales: readonly HaarScale[];
  /** One for windows at every pixel, and one for windows at every second pixel, with columns split in halves. */
  readonly modules: readonly {
    readonly step: 1 | 2;
    readonly module: WebAssembly.Module;
    /** The address of the columns' offsets in a row of sums, and these offsets. */
    readonly places: number;
    readonly columns: Int32Array;
  }[];
  readonly constants: Uint8Array;
  /** Addresses in the memory, and its size, in bytes. */
  readonly layout: {
    readonly hits: number;
    readonly constants: number;
    readonly tables: number;
    readonly sums: number;
    readonly pixels: number;
    readonly bytes: number;
    readonly stride: number;
    /** The number of columns in the widest copy of the picture. */
    readonly widest: number;
  };
}

/** `scales`: the result of `haarScales` for the cascade's window and this size of picture. */
export function prepareHaar(
  cascade: HaarCascade,
  picture: Size,
  scales: readonly HaarScale[],
): PreparedHaar {
  const { window } = cascade;
  const widest = scales.reduce((most, { width }) => Math.max(most, width), window.width);
  const highest = scales.reduce((most, { height }) => Math.max(most, height), window.height);
  const half = Math.ceil((widest + 1) / 2);
  const stride = 4 * (2 * half + 4);
  const line = 4 * (widest + 16); // SIMD instructions read and write past the end
  const plane = stride * (highest + 2);
  const [factors, states, hits, places, constants] = [0, line, 2 * line, 3 * line, 5 * line];
  const programs = ([1, 2] as const).map((step) => {
    const column = (x: number) => 4 * (step === 1 ? x : (x % 2) * half + Math.floor(x / 2));
    const own = places + (step - 1) * line;
    const place = (x: number, y: number) => y * stride + column(x);
    const layout = { factors, states, hits, constants, squares: plane, stride, place, places: own };
    const columns = Int32Array.from({ length: widest }, (_, x) => column(x + 1));
    return { step, places: own, columns, ...compileHaar(cascade, layout) };
  });
  // Both programs have the same constants, in the order of the stages.
  const numbers = programs[0]?.constants ?? new Uint8Array();
  const tables = constants + Math.ceil(numbers.length / 8) * 8;
  const sums = scales.reduce((at, { width }) => at + 8 * width, tables);
  const pixels = sums + 2 * plane;
  return {
    ...{ window, picture, scales, constants: numbers },
    modules: programs.map(({ step, places, columns, module }) => ({
      ...{ step, places, columns },
      module: new WebAssembly.Module(module),
    })),
    layout: {
      ...{ hits, constants, tables, sums, pixels, stride, widest },
      bytes: pixels + picture.width * picture.height + line,
    },
  };
}
