/**
 * Compiles a Haar cascade to WebAssembly: the places of its rectangles, its thresholds and its values
 * become constants of the instructions, and the first stages look at four windows at once. It computes
 * what OpenCV computes, in the same precision, so that the same windows pass.
 *
 * The exported `row(at, count)` looks at the windows of one row, from left to right, as OpenCV does:
 * one that fails the first stage leaves out the next one. It writes the indices of those that pass to
 * `layout.hits`, and returns how many they are. `at` is the address of the first window's upper left
 * corner in the sums.
 */

import type { HaarCascade, HaarStage, HaarTree, WeightedRect } from "./haar_cascade.ts";
import { Code, F32, F64, I32, V128, type WasmFunction, wasmModule } from "./wasm_code.ts";

/** Where things are in the memory, in bytes. */
export interface HaarLayout {
  /** From a window's corner to the same corner in the sums of squares. */
  readonly squares: number;
  /** A row of four bytes for each window, with room for four more, each: factors, states, indices. */
  readonly factors: number;
  readonly states: number;
  readonly hits: number;
  /** Constants; as many as `constants` of the program. */
  readonly constants: number;
  /** The place of a window's pixel from its corner. */
  readonly place: (x: number, y: number) => number;
}

export interface HaarProgram {
  readonly module: Uint8Array<ArrayBuffer>;
  /** To be written to `layout.constants`. */
  readonly constants: Uint8Array;
}

/** Stages that are computed for four windows at once; behind them few windows are left. */
const WIDE_STAGES = 4;

const LOW = [0, 1, 2, 3, 4, 5, 6, 7];
const upper = (lanes: readonly number[]) => lanes.map((lane) => lane + 8);
const other = (lanes: readonly number[]) => lanes.map((lane) => lane + 16);
const HIGH_HALF = [...upper(LOW), ...upper(LOW)];
const LOW_HALVES = [...LOW, ...other(LOW)];
/** The first half of each 64 bits. */
const EVEN = [0, 1, 2, 3, 8, 9, 10, 11];
const EVENS = [...EVEN, ...other(EVEN)];

export function compileHaar({ window, stages }: HaarCascade, layout: HaarLayout): HaarProgram {
  const pool = new Constants(layout.constants);
  const wide = stages.slice(0, WIDE_STAGES);
  const narrow = stages.slice(WIDE_STAGES);
  const functions: WasmFunction[] = [
    ...wide.map((stage) => wideStage(stage, { layout, pool })),
    ...narrow.map((stage) => narrowStage(stage, layout)),
  ];
  const tail = functions.push(lastStages(wide.length, narrow.length)) - 1;
  functions.push(row({ window, layout, pool, wide: wide.length, tail }));
  return { module: wasmModule(functions), constants: pool.bytes() };
}

/** Numbers that are read from memory: that is quicker than an instruction that makes a vector. */
class Constants {
  readonly #address: number;
  readonly #offsets = new Map<string, number>();
  readonly #bytes: number[] = [];

  constructor(address: number) {
    this.#address = address;
  }

  /** Four times the same number. */
  f32(code: Code, value: number): Code {
    const at = this.#place("f32", value, new Uint8Array(new Float32Array([value]).buffer));
    return code.i32(0).memory("v128.load32_splat", at);
  }

  /** Twice the same number. */
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

/** How the loads and sums of a feature are written: for one window or for four. */
interface Arithmetic {
  readonly load: "i32.load" | "v128.load";
  readonly add: "i32.add" | "i32x4.add";
  readonly subtract: "i32.sub" | "i32x4.sub";
  readonly multiply: "i32.mul" | "i32x4.mul";
  readonly zero: (code: Code) => Code;
  readonly times: (code: Code, factor: number) => Code;
  readonly convert: (code: Code) => Code;
  /** Multiplies with, and adds, a float. */
  readonly weigh: (code: Code, weight: number) => Code;
  readonly addFloat: (code: Code) => Code;
}

const ONE: Arithmetic = {
  ...{ load: "i32.load", add: "i32.add", subtract: "i32.sub", multiply: "i32.mul" },
  zero: (code) => code.i32(0),
  times: (code, factor) => code.i32(factor).op("i32.mul"),
  convert: (code) => code.op("f32.convert_i32_s"),
  weigh: (code, weight) => code.f32(weight).op("f32.mul"),
  addFloat: (code) => code.op("f32.add"),
};

const FOUR: Arithmetic = {
  ...{ load: "v128.load", add: "i32x4.add", subtract: "i32x4.sub", multiply: "i32x4.mul" },
  zero: (code) => code.i32(0).op("i32x4.splat"),
  times: (code, factor) => code.i32(factor).op("i32x4.splat", "i32x4.mul"),
  convert: (code) => code.op("f32x4.convert_i32x4_s"),
  weigh: (code, weight) => code.f32(weight).op("f32x4.splat", "f32x4.mul"),
  addFloat: (code) => code.op("f32x4.add"),
};

/** The sum over weighted rectangles, as integers; the corner's address is in the local `at`. */
function pushSum(
  code: Code,
  rects: readonly WeightedRect[],
  { arithmetic: { load, add, subtract, zero, times }, layout, at, from = 0 }: {
    arithmetic: Arithmetic;
    layout: HaarLayout;
    at: number;
    from?: number;
  },
): void {
  const counts = new Map<number, number>();
  for (const [x, y, width, height, weight] of rects) {
    const corners = [[x, y, 1], [x + width, y, -1], [x, y + height, -1]] as const;
    for (const [left, top, sign] of [...corners, [x + width, y + height, 1] as const]) {
      const offset = layout.place(left, top);
      counts.set(offset, (counts.get(offset) ?? 0) + sign * weight);
    }
  }
  // Corners that rectangles share are read once; those that count the same are multiplied once.
  const factors = new Set([...counts.values()].map(Math.abs).filter((factor) => factor > 0));
  let terms = 0;
  for (const factor of factors) {
    const [plus, minus] = [factor, -factor].map((count) =>
      [...counts].flatMap(([offset, value]) => value === count ? [offset] : [])
    ) as [number[], number[]];
    if (plus.length === 0) zero(code);
    for (const [index, offset] of plus.entries()) {
      code.get(at).memory(load, from + offset);
      if (index > 0) code.op(add);
    }
    for (const offset of minus) code.get(at).memory(load, from + offset).op(subtract);
    if (factor !== 1) times(code, factor);
    if (terms++ > 0) code.op(add);
  }
  if (terms === 0) zero(code);
}

/** The value of a feature as a float, not yet normalised. */
function pushFeature(
  code: Code,
  rects: readonly WeightedRect[],
  options: { arithmetic: Arithmetic; layout: HaarLayout; at: number },
): void {
  const { arithmetic } = options;
  // Integers up to 2^24 are exact as floats, so that their order does not matter.
  const most = rects.reduce((sum, [, , w, h, weight]) => sum + 255 * w * h * Math.abs(weight), 0);
  if (most < 2 ** 24 && rects.every(([, , , , weight]) => Number.isInteger(weight))) {
    pushSum(code, rects, options);
    arithmetic.convert(code);
    return;
  }
  for (const [index, [x, y, width, height, weight]] of rects.entries()) {
    pushSum(code, [[x, y, width, height, 1]], options);
    arithmetic.weigh(arithmetic.convert(code), weight);
    if (index > 0) arithmetic.addFloat(code);
  }
}

/** One stage for one window: (address, factor) to 1 where it passes. */
function narrowStage({ threshold, trees }: HaarStage, layout: HaarLayout): WasmFunction {
  const code = new Code();
  const pushTree = (tree: HaarTree, index = 0) => {
    const { left, right, feature, threshold } = nodeOf(tree, index);
    pushFeature(code, feature, { arithmetic: ONE, layout, at: 0 });
    code.get(1).op("f32.mul").f32(threshold).op("f32.lt").if(F64);
    const pushSide = (to: number) => to > 0 ? pushTree(tree, to) : code.f64(leafOf(tree, to));
    pushSide(left);
    code.op("else");
    pushSide(right);
    code.op("end");
  };
  for (const [index, tree] of trees.entries()) {
    pushTree(tree);
    if (index > 0) code.op("f64.add");
  }
  code.f64(threshold).op("f64.ge");
  return { parameters: [I32, F32], results: [I32], locals: [], code };
}

/** One stage for four windows: (address of the first, factors) to a mask of those that pass. */
function wideStage(
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
    pushFeature(code, feature, { arithmetic: FOUR, layout, at });
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

/** The stages that are computed for one window, until one fails. */
function lastStages(first: number, count: number): WasmFunction {
  const code = new Code();
  for (let stage = first; stage < first + count; stage++) {
    code.get(0).get(1).call(stage).op("i32.eqz").if().i32(0).op("return", "end");
  }
  code.i32(1);
  return { parameters: [I32, F32], results: [I32], locals: [], code };
}

/** What a window may be after the first stage. */
const FAILED = 0; // the window behind it is left out
const FLAT = 1; // too little contrast; the window behind it is looked at
const PASSED = 2;

function row({ window, layout, pool, wide, tail }: {
  window: HaarCascade["window"];
  layout: HaarLayout;
  pool: Constants;
  /** How many stages there are for four windows; they are the first functions. */
  wide: number;
  /** The function of the others. */
  tail: number;
}): WasmFunction {
  const code = new Code();
  const [start, count, i, at, found, sum, squares, factor, mask] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
  const norm: WeightedRect = [1, 1, window.width - 2, window.height - 2, 1];
  const area = norm[2] * norm[3];
  /** 1 / sqrt(area * squares - sum * sum), the factor of the first or last two windows, as floats. */
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
  code.get(count).i32(4).op("i32.mul").set(count); // from here on all counts are in bytes

  code.repeat(() => {
    code.get(start).get(i).op("i32.add").set(at);
    pushSum(code, [norm], { arithmetic: FOUR, layout, at });
    code.set(sum);
    pushSum(code, [norm], { arithmetic: FOUR, layout, at, from: layout.squares });
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
    for (let stage = 1; stage < wide; stage++) {
      code.get(at).get(i).memory("v128.load", layout.factors).call(stage);
      code.get(mask).op("v128.and").tee(mask).op("v128.any_true").if();
    }
    for (let lane = 0; lane < 4; lane++) {
      code.get(mask).op("i32x4.bitmask").i32(1 << lane).op("i32.and").if();
      code.get(at).i32(4 * lane).op("i32.add");
      code.get(i).memory("f32.load", layout.factors + 4 * lane).call(tail).if();
      code.get(found).i32(4).op("i32.mul");
      code.get(i).i32(2).op("i32.shr_u").i32(lane).op("i32.add").memory("i32.store", layout.hits);
      code.get(found).i32(1).op("i32.add").set(found);
      code.op("end", "end");
    }
    for (let stage = 0; stage < wide; stage++) code.op("end");
    code.get(i).i32(16).op("i32.add").tee(i).get(count).op("i32.lt_s");
  });
  code.get(found);
  const locals = [I32, I32, I32, V128, V128, V128, V128];
  return { parameters: [I32, I32], results: [I32], locals, code, exportAs: "row" };
}
