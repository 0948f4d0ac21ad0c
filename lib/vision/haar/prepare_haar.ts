/**
 * Prepares a Haar cascade for pictures of one size: compiles it, and plans the memory in which it works.
 * The result can be sent to other Workers, which then share the compiled code.
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
  /** One for windows at each pixel, and one for those at each second, whose columns stand apart. */
  readonly modules: readonly {
    readonly step: 1 | 2;
    readonly module: WebAssembly.Module;
    /** Where the places of the columns in a row of sums stand, and what they are. */
    readonly places: number;
    readonly columns: Int32Array;
  }[];
  readonly constants: Uint8Array;
  /** Addresses in the memory, and its whole size, in bytes. */
  readonly layout: {
    readonly hits: number;
    readonly constants: number;
    readonly tables: number;
    readonly sums: number;
    readonly pixels: number;
    readonly bytes: number;
    readonly stride: number;
    /** Columns in the widest copy of the picture. */
    readonly widest: number;
  };
}

/** `scales` are those of `haarScales`, for the cascade's window and this size of the picture. */
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
  const line = 4 * (widest + 16); // wide instructions reach a bit further
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
  // Both have the same constants, which stand in the order of the stages.
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
