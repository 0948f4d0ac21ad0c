/**
 * Writes WebAssembly: `Code` collects the instructions of a function, `wasmModule` builds a module of
 * functions. It has only what the compiled cascades need, with the names of the specification.
 */

/** Value types. */
export const I32 = 0x7f;
export const V128 = 0x7b;

/** Instructions of one byte, and SIMD instructions, which follow 0xfd. */
const PLAIN = {
  ...{ end: 0x0b, "i32.eqz": 0x45, "i32.lt_s": 0x48 },
  ...{ "i32.add": 0x6a, "i32.sub": 0x6b, "i32.mul": 0x6c, "i32.and": 0x71, "i32.shl": 0x74 },
  ...{ "i32.shr_u": 0x76 },
} as const;
const SIMD = {
  ...{ "i32x4.splat": 0x11, "f32x4.splat": 0x13 },
  ...{ "i32x4.eq": 0x37, "f32x4.lt": 0x43, "f64x2.lt": 0x49, "f64x2.ge": 0x4c },
  ...{ "v128.and": 0x4e, "v128.bitselect": 0x52, "v128.any_true": 0x53 },
  ...{ "i32x4.add": 0xae, "i32x4.sub": 0xb1, "i32x4.mul": 0xb5, "i32x4.bitmask": 0xa4 },
  ...{ "f32x4.mul": 0xe6, "f32x4.add": 0xe4, "f32x4.convert_i32x4_s": 0xfa },
  ...{
    "f64x2.sqrt": 0xef,
    "f64x2.add": 0xf0,
    "f64x2.sub": 0xf1,
    "f64x2.mul": 0xf2,
    "f64x2.div": 0xf3,
  },
  ...{ "f64x2.convert_low_i32x4_s": 0xfe, "f64x2.convert_low_i32x4_u": 0xff },
  ...{ "f32x4.demote_f64x2_zero": 0x5e, "f64x2.promote_low_f32x4": 0x5f },
} as const;
const MEMORY = {
  ...{ "i32.load": [0x28], "i32.load16_u": [0x2f], "i32.store": [0x36] },
  ...{ "v128.load": [0xfd, 0x00], "v128.store": [0xfd, 0x0b], "v128.load32_splat": [0xfd, 0x09] },
  ...{ "v128.load64_splat": [0xfd, 0x0a] },
} as const;

/** The instructions of one function. */
export class Code {
  readonly bytes: number[] = [];

  op(...names: (keyof typeof PLAIN | keyof typeof SIMD)[]): this {
    for (const name of names) {
      if (name in PLAIN) this.bytes.push(PLAIN[name as keyof typeof PLAIN]);
      else this.bytes.push(0xfd, ...unsigned(SIMD[name as keyof typeof SIMD]));
    }
    return this;
  }

  /** A load or store at the address on the stack plus `offset` bytes. */
  memory(name: keyof typeof MEMORY, offset: number): this {
    this.bytes.push(...MEMORY[name], 0, ...unsigned(offset));
    return this;
  }

  get(local: number): this {
    this.bytes.push(0x20, ...unsigned(local));
    return this;
  }

  set(local: number): this {
    this.bytes.push(0x21, ...unsigned(local));
    return this;
  }

  tee(local: number): this {
    this.bytes.push(0x22, ...unsigned(local));
    return this;
  }

  i32(value: number): this {
    this.bytes.push(0x41, ...signed(value));
    return this;
  }

  f32(value: number): this {
    this.bytes.push(0x43, ...new Uint8Array(new Float32Array([value]).buffer));
    return this;
  }

  /** Reorders the bytes of two vectors: 0 to 15 are those of the first, 16 to 31 those of the second. */
  shuffle(lanes: readonly number[]): this {
    this.bytes.push(0xfd, 0x0d, ...lanes);
    return this;
  }

  call(index: number): this {
    this.bytes.push(0x10, ...unsigned(index));
    return this;
  }

  /** Starts a block that runs if the value on the stack is not 0. */
  if(): this {
    this.bytes.push(0x04, 0x40);
    return this;
  }

  /** Repeats the body until it leaves 0 on the stack. */
  repeat(body: () => void): this {
    this.bytes.push(0x03, 0x40);
    body();
    this.bytes.push(0x0d, 0, 0x0b);
    return this;
  }
}

export interface WasmFunction {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
  /** The types of the locals after the parameters. */
  readonly locals: readonly number[];
  readonly code: Code;
  readonly exportAs?: string;
}

/** Builds a module of these functions; it imports its memory as `env.memory`. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, results }) => [
    0x60,
    ...vector(parameters.map((type) => [type])),
    ...vector(results.map((type) => [type])),
  ]);
  const exported = functions.flatMap(({ exportAs }, index) =>
    exportAs === undefined ? [] : [[...name(exportAs), 0x00, ...unsigned(index)]]
  );
  const bodies = functions.map(({ locals, code }) => {
    const declared = vector(locals.map((type) => [1, type]));
    const length = declared.length + code.bytes.length + 1;
    return [unsigned(length), declared, code.bytes, [0x0b]];
  });
  const parts = [
    [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(2, vector([[...name("env"), ...name("memory"), 0x02, 0x00, 0x01]])),
    ...section(3, vector(functions.map((_, index) => unsigned(index)))),
    ...section(7, vector(exported)),
    ...section(10, unsigned(functions.length), ...bodies.flat()),
  ];
  const module = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    module.set(part, at);
    at += part.length;
  }
  return module;
}

function section(id: number, ...parts: number[][]): number[][] {
  return [[id, ...unsigned(parts.reduce((sum, { length }) => sum + length, 0))], ...parts];
}

function vector(items: number[][]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function name(text: string): number[] {
  return [text.length, ...new TextEncoder().encode(text)];
}

/** LEB128. */
function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 0x80)) bytes.push(value % 0x80 | 0x80);
  return [...bytes, value];
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (; value < -64 || value > 63; value >>= 7) bytes.push(value & 0x7f | 0x80);
  return [...bytes, value & 0x7f];
}
