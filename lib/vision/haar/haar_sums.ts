/** Compiles a function to WebAssembly that shrinks a picture and computes the sums over it, row by row. */

import type { HaarLayout } from "./haar_layout.ts";
import { Code, I32, type WasmFunction } from "./wasm_code.ts";

/**
 * `sumRow(line, next, share, table, count, to)` computes one row of the scaled copy, and the sums over it. A
 * pixel is the weighted mean of two pixels in the row at `line` and two in the row at `next`, whose weight is
 * `share` of 256. For each column, `table` has the offset of the first of the two, and the weight of the
 * second. `to` is the address of the row in the sums, after the row above. The interpolation is OpenCV's
 * INTER_LINEAR_EXACT: weights of 8 bits, rounded once at the end.
 */
export function sumRow({ squares, places, stride }: HaarLayout): WasmFunction {
  const code = new Code();
  const [line, next, share, table, count, to] = [0, 1, 2, 3, 4, 5];
  const [i, sum, square, pair, above, place, weight] = [6, 7, 8, 9, 10, 11, 12];
  /** Pushes the weighted mean of two adjacent pixels, times 256. */
  const pushMixed = (row: number) => {
    code.get(row).get(table).memory("i32.load", 0).op("i32.add").memory("i32.load16_u", 0);
    code.tee(pair).i32(255).op("i32.and").i32(8).op("i32.shl");
    code.get(pair).i32(8).op("i32.shr_u").get(pair).i32(255).op("i32.and", "i32.sub");
    code.get(weight).op("i32.mul", "i32.add");
  };
  code.get(count).i32(4).op("i32.mul").set(count);
  code.repeat(() => {
    code.get(table).memory("i32.load", 4).set(weight);
    pushMixed(line);
    code.tee(above).i32(8).op("i32.shl");
    pushMixed(next);
    code.get(above).op("i32.sub").get(share).op("i32.mul", "i32.add");
    code.i32(0x8000).op("i32.add").i32(16).op("i32.shr_u").tee(pair);
    code.get(sum).op("i32.add").set(sum);
    code.get(pair).get(pair).op("i32.mul").get(square).op("i32.add").set(square);
    code.get(to).get(i).memory("i32.load", places).op("i32.add").set(place);
    for (const [plane, local] of [[0, sum], [squares, square]] as const) {
      code.get(place).get(place).i32(stride).op("i32.sub").memory("i32.load", plane);
      code.get(local).op("i32.add").memory("i32.store", plane);
    }
    code.get(table).i32(8).op("i32.add").set(table);
    code.get(i).i32(4).op("i32.add").tee(i).get(count).op("i32.lt_s");
  });
  return {
    parameters: [I32, I32, I32, I32, I32, I32],
    results: [],
    locals: [I32, I32, I32, I32, I32, I32, I32],
    code,
    exportAs: "sumRow",
  };
}
