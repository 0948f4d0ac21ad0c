/**
 * Compiles a Haar cascade to WebAssembly. The offsets of its rectangles, its thresholds and its values become
 * constants of the code, which tests four windows at once. It computes the same values as OpenCV, with the same
 * precision, so that the same windows pass.
 *
 * The exported `row(at, count)` tests the windows of one row, from left to right, as OpenCV does: if a window
 * fails in the first stage, the next window is skipped. It writes the indices of the windows that pass to
 * `layout.hits`, and returns their number. `at` is the address of the first window's top left corner in the
 * sums.
 */

import type { HaarCascade, HaarStage, HaarTree, WeightedRect } from "./haar_cascade.ts";
import type { HaarLayout } from "./haar_layout.ts";
import { sumRow } from "./haar_sums.ts";
import { Code, I32, V128, type WasmFunction, wasmModule } from "./wasm_code.ts";

export interface HaarProgram {
  readonly module: Uint8Array<ArrayBuffer>;
  /** Must be copied to `layout.constants`. */
  readonly constants: Uint8Array;
}

const LOW = [0, 1, 2, 3, 4, 5, 6, 7];
const upper = (lanes: readonly number[]) => lanes.map((lane) => lane + 8);
const other = (lanes: readonly number[]) => lanes.map((lane) => lane + 16);
const HIGH_HALF = [...upper(LOW), ...upper(LOW)];
const LOW_HALVES = [...LOW, ...other(LOW)];
/** The lower half of each 64 bits. */
const EVEN = [0, 1, 2, 3, 8, 9, 10, 11];
const EVENS = [...EVEN, ...other(EVEN)];

export function compileHaar({ window, stages }: HaarCascade, layout: HaarLayout): HaarProgram {
  const pool = new Constants(layout.constants);
  const functions = stages.map((stage) => stageOf(stage, { layout, pool }));
  functions.push(row({ window, layout, pool, stages: stages.length }));
  functions.push(sumRow(layout));
  return { module: wasmModule(functions), constants: pool.bytes() };
}

/** Constants in memory: loading a vector is faster than creating it with an instruction. */
class Constants {
  readonly #address: number;
  readonly #offsets = new Map<string, number>();
  readonly #bytes: number[] = [];

  constructor(address: number) {
    this.#address = address;
  }

  /** Pushes a vector with four times the same number. */
  f32(code: Code, value: number): Code {
    const at = this.#place("f32", value, new Uint8Array(new Float32Array([value]).buffer));
    return code.i32(0).memory("v128.load32_splat", at);
  }

  /** Pushes a vector with two times the same number. */
  f64(code: Code, value: number): Code {
    const at = this.#place("f64", value, new Uint8Array(new Float64Array([value]).buffer));
    return code.i32(0).memory("v128.load64_splat", at);
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#bytes);
  }

  #place(type: string, value: number, bytes: Uint8Array): number {
    const key = `${type} ${value}`;
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const at = this.#address + this.#bytes.length;
    this.#bytes.push(...bytes);
    this.#offsets.set(key, at);
    return at;
  }
}

/** Pushes the weighted sums of four windows, as integers; the first window's address is in `at`. */
function pushSum(
  code: Code,
  rects: readonly WeightedRect[],
  { layout, at, from = 0 }: { layout: HaarLayout; at: number; from?: number },
): void {
  const counts = new Map<number, number>();
  for (const [x, y, width, height, weight] of rects) {
    const corners = [[x, y, 1], [x + width, y, -1], [x, y + height, -1]] as const;
    for (const [left, top, sign] of [...corners, [x + width, y + height, 1] as const]) {
      const offset = layout.place(left, top);
      counts.set(offset, (counts.get(offset) ?? 0) + sign * weight);
    }
  }
  // Corners that rectangles share are loaded once; corners with the same weight are multiplied once.
  const factors = new Set([...counts.values()].map(Math.abs).filter((factor) => factor > 0));
  let terms = 0;
  for (const factor of factors) {
    const offsets = (count: number) =>
      [...counts].flatMap(([offset, value]) => value === count ? [from + offset] : []);
    const plus = offsets(factor);
    if (plus.length === 0) code.i32(0).op("i32x4.splat");
    for (const [index, offset] of plus.entries()) {
      code.get(at).memory("v128.load", offset);
      if (index > 0) code.op("i32x4.add");
    }
    for (const offset of offsets(-factor)) {
      code.get(at).memory("v128.load", offset).op("i32x4.sub");
    }
    if (factor !== 1) code.i32(factor).op("i32x4.splat", "i32x4.mul");
    if (terms++ > 0) code.op("i32x4.add");
  }
  if (terms === 0) code.i32(0).op("i32x4.splat");
}

/** Pushes the values of a feature in four windows, as floats, not normalised yet. */
function pushFeature(
  code: Code,
  rects: readonly WeightedRect[],
  options: { layout: HaarLayout; at: number },
): void {
  // Integers up to 2^24 are exact as floats, so that the order of the sum does not matter.
  const most = rects.reduce((sum, [, , w, h, weight]) => sum + 255 * w * h * Math.abs(weight), 0);
  if (most < 2 ** 24 && rects.every(([, , , , weight]) => Number.isInteger(weight))) {
    pushSum(code, rects, options);
    code.op("f32x4.convert_i32x4_s");
    return;
  }
  for (const [index, [x, y, width, height, weight]] of rects.entries()) {
    pushSum(code, [[x, y, width, height, 1]], options);
    code.op("f32x4.convert_i32x4_s").f32(weight).op("f32x4.splat", "f32x4.mul");
    if (index > 0) code.op("f32x4.add");
  }
}

/** One stage: (address of the first window, factors) to a mask of the windows that pass. */
function stageOf(
  { threshold, trees }: HaarStage,
  { layout, pool }: { layout: HaarLayout; pool: Constants },
): WasmFunction {
  const code = new Code();
  const [at, factors, value, first, second] = [0, 1, 2, 3, 4];
  const pushTree = (tree: HaarTree, index = 0) => {
    const { left, right, feature, threshold } = nodeOf(tree, index);
    const pushSide = (to: number) => {
      if (to > 0) pushTree(tree, to);
      else pool.f32(code, leafOf(tree, to));
    };
    pushSide(left);
    pushSide(right);
    pushFeature(code, feature, { layout, at });
    pool.f32(code.get(factors).op("f32x4.mul"), threshold).op("f32x4.lt", "v128.bitselect");
  };
  for (const tree of trees) {
    pushTree(tree);
    code.set(value);
    code.get(first).get(value).op("f64x2.promote_low_f32x4", "f64x2.add").set(first);
    code.get(second).get(value).get(value).shuffle(HIGH_HALF);
    code.op("f64x2.promote_low_f32x4", "f64x2.add").set(second);
  }
  pool.f64(code.get(first), threshold).op("f64x2.ge");
  pool.f64(code.get(second), threshold).op("f64x2.ge").shuffle(EVENS);
  return { parameters: [I32, V128], results: [V128], locals: [V128, V128, V128], code };
}

function nodeOf({ nodes }: HaarTree, index: number): HaarTree["nodes"][number] {
  const node = nodes[index];
  if (node === undefined) throw new RangeError(`the cascade has a tree without a node ${index}`);
  return node;
}

function leafOf({ leaves }: HaarTree, index: number): number {
  const leaf = leaves[-index];
  if (leaf === undefined) throw new RangeError(`the cascade has a tree without a leaf ${-index}`);
  return leaf;
}

/** The states of a window after the first stage. */
const FAILED = 0; // the next window is skipped
const FLAT = 1; // too little contrast; the next window is tested
const PASSED = 2;

function row({ window, layout, pool, stages }: {
  window: HaarCascade["window"];
  layout: HaarLayout;
  pool: Constants;
  /** The number of stages, which are the first functions. */
  stages: number;
}): WasmFunction {
  const code = new Code();
  const [start, count, i, at, found, sum, squares, factor, mask] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const norm: WeightedRect = [1, 1, window.width - 2, window.height - 2, 1];
  const area = norm[2] * norm[3];
  /** Pushes 1 / sqrt(area * squares - sum * sum), the factor of the first or last two windows, as floats. */
  const pushFactor = (half: (local: number) => Code) => {
    pool.f64(code, 1);
    pool.f64(code, area);
    half(squares).op("f64x2.convert_low_i32x4_u", "f64x2.mul");
    half(sum).op("f64x2.convert_low_i32x4_s");
    half(sum).op("f64x2.convert_low_i32x4_s", "f64x2.mul", "f64x2.sub", "f64x2.sqrt", "f64x2.div");
    code.op("f32x4.demote_f64x2_zero");
  };
  const low = (local: number) => code.get(local);
  const high = (local: number) => code.get(local).get(local).shuffle(HIGH_HALF);
  const pushContrast = (half: (local: number) => Code) => {
    pool.f64(half(factor).op("f64x2.promote_low_f32x4"), area).op("f64x2.mul");
    pool.f64(code, 0.1).op("f64x2.lt");
  };
  code.get(count).i32(4).op("i32.mul").set(count); // from here on, counts are in bytes

  code.repeat(() => {
    code.get(start).get(i).op("i32.add").set(at);
    pushSum(code, [norm], { layout, at });
    code.set(sum);
    pushSum(code, [norm], { layout, at, from: layout.squares });
    code.set(squares);
    pushFactor(low);
    pushFactor(high);
    code.shuffle(LOW_HALVES).set(factor);
    code.get(i).get(factor).memory("v128.store", layout.factors);
    code.get(i);
    code.i32(PASSED).op("i32x4.splat").i32(FAILED).op("i32x4.splat");
    code.get(at).get(factor).call(0).op("v128.bitselect");
    code.i32(FLAT).op("i32x4.splat");
    pushContrast(low);
    pushContrast(high);
    code.shuffle(EVENS).op("v128.bitselect").memory("v128.store", layout.states);
    code.get(i).i32(16).op("i32.add").tee(i).get(count).op("i32.lt_s");
  });

  code.get(count).i32(FAILED).op("i32x4.splat").memory("v128.store", layout.states);
  code.i32(0).set(i);
  code.repeat(() => {
    code.get(i).memory("i32.load", layout.states).op("i32.eqz").if();
    code.get(i).i32(4).op("i32.add").tee(i).i32(FAILED).memory("i32.store", layout.states);
    code.op("end").get(i).i32(4).op("i32.add").tee(i).get(count).op("i32.lt_s");
  });

  code.i32(0).set(i);
  code.repeat(() => {
    code.get(i).memory("v128.load", layout.states).i32(PASSED).op("i32x4.splat", "i32x4.eq");
    code.tee(mask).op("v128.any_true").if();
    code.get(start).get(i).op("i32.add").set(at);
    for (let stage = 1; stage < stages; stage++) {
      code.get(at).get(i).memory("v128.load", layout.factors).call(stage);
      code.get(mask).op("v128.and").tee(mask).op("v128.any_true").if();
    }
    for (let lane = 0; lane < 4; lane++) {
      code.get(mask).op("i32x4.bitmask").i32(1 << lane).op("i32.and").if();
      code.get(found).i32(4).op("i32.mul");
      code.get(i).i32(2).op("i32.shr_u").i32(lane).op("i32.add").memory("i32.store", layout.hits);
      code.get(found).i32(1).op("i32.add").set(found).op("end");
    }
    for (let stage = 0; stage < stages; stage++) code.op("end");
    code.get(i).i32(16).op("i32.add").tee(i).get(count).op("i32.lt_s");
  });
  code.get(found);
  const locals = [I32, I32, I32, V128, V128, V128, V128];
  return { parameters: [I32, I32], results: [I32], locals, code, exportAs: "row" };
}
