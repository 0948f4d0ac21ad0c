/** A model's outputs as plain numbers, and words for the shapes of tensors. */

/** An output: its numbers in row-major order. */
export interface Output {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: ArrayLike<number>;
}

/** What a model declares about an input or output. A size that varies is a name or negative. */
export interface Declared {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** Writes tensors for people: `images float32 [1, 3, 640, 640]`. */
export function describe(tensors: readonly Declared[]): string {
  return tensors.map(({ name, type, shape }) => `${name} ${type} [${shape.join(", ")}]`)
    .join(", ") || "none";
}

/** The numbers of a tensor. Throws an `Error` for text and for other values that are not numbers. */
export function numbersOf(name: string, data: unknown): ArrayLike<number> {
  if (data instanceof BigInt64Array) return Array.from(data, Number);
  if (data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array) {
    return data;
  }
  throw new Error(`its output ${name} has neither float32 nor whole numbers`);
}

/** Throws an `Error` if an output has a value that is not a finite number. */
export function checkFinite(outputs: readonly Output[]): void {
  for (const { name, data } of outputs) {
    let sum = 0;
    for (let i = 0; i < data.length; i++) sum += data[i] ?? 0; // a sum of finite float32 stays finite
    if (!Number.isFinite(sum)) {
      throw new Error(`its output ${name} has values that are not finite numbers (NaN)`);
    }
  }
}
