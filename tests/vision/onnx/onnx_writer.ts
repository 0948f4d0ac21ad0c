/** Writes small ONNX models by hand: the messages of onnx.proto that they need, as Protocol Buffers. */

/** One operation of a model. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: { readonly [name: string]: number | readonly number[] };
  readonly domain?: string;
}

/** Weights: `float32` for floats, `int64` for whole numbers. */
export interface Weights {
  readonly name: string;
  readonly dims: readonly number[];
  readonly values: Float32Array | BigInt64Array;
  /** A file that has the values in place of the model. */
  readonly externalFile?: string;
}

/** An input or output; a size that varies is a name. */
export interface Value {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  readonly type?: "float32" | "uint8" | "int64" | "float16" | "double";
}

export interface Model {
  readonly nodes: readonly Node[];
  readonly weights: readonly Weights[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly metadata?: { readonly [key: string]: string };
}

const TYPES = { float32: 1, uint8: 2, int64: 7, float16: 10, double: 11 } as const;
/** The version of the format, and of the operators. */
const IR_VERSION = 7;
const OPSET = 11;

/** The bytes of a model's file. */
export function writeOnnx(model: Model): Uint8Array<ArrayBuffer> {
  const graph = message(
    ...model.nodes.map((node) => bytes(1, writeNode(node))),
    bytes(2, utf8("graph")),
    ...model.weights.map((weights) => bytes(5, writeWeights(weights))),
    ...model.inputs.map((value) => bytes(11, writeValue(value))),
    ...model.outputs.map((value) => bytes(12, writeValue(value))),
  );
  const entries = Object.entries(model.metadata ?? {});
  return message(
    number(1, IR_VERSION),
    bytes(2, utf8("framewire-tests")),
    bytes(7, graph),
    bytes(8, message(bytes(1, utf8("")), number(2, OPSET))),
    ...entries.map(([key, value]) => bytes(14, writeEntry(key, value))),
  );
}

function writeNode(
  { op, inputs, outputs, attributes = {}, domain }: Node,
): Uint8Array<ArrayBuffer> {
  return message(
    ...inputs.map((name) => bytes(1, utf8(name))),
    ...outputs.map((name) => bytes(2, utf8(name))),
    bytes(4, utf8(op)),
    ...Object.entries(attributes).map(([name, value]) => bytes(5, writeAttribute(name, value))),
    ...domain === undefined ? [] : [bytes(7, utf8(domain))],
  );
}

/** Whole numbers are INT (2) or INTS (7); others FLOAT (1). */
function writeAttribute(name: string, value: number | readonly number[]): Uint8Array<ArrayBuffer> {
  const named = bytes(1, utf8(name));
  if (typeof value !== "number") {
    return message(named, ...value.map((each) => number(8, each)), number(20, 7));
  }
  if (Number.isInteger(value)) return message(named, number(3, value), number(20, 2));
  const float = new Uint8Array(new Float32Array([value]).buffer);
  return message(named, message(varint(2 * 8 + 5), float), number(20, 1));
}

function writeWeights({ name, dims, values, externalFile }: Weights): Uint8Array<ArrayBuffer> {
  const type = values instanceof Float32Array ? TYPES.float32 : TYPES.int64;
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return message(
    ...dims.map((size) => number(1, size)),
    number(2, type),
    bytes(8, utf8(name)),
    ...externalFile === undefined
      ? [bytes(9, data)]
      : [bytes(13, writeEntry("location", externalFile)), number(14, 1)],
  );
}

function writeValue({ name, dims, type = "float32" }: Value): Uint8Array<ArrayBuffer> {
  const sizes = dims.map((size) =>
    bytes(1, typeof size === "number" ? number(1, size) : bytes(2, utf8(size)))
  );
  const tensor = message(number(1, TYPES[type]), bytes(2, message(...sizes)));
  return message(bytes(1, utf8(name)), bytes(2, message(bytes(1, tensor))));
}

function writeEntry(key: string, value: string): Uint8Array<ArrayBuffer> {
  return message(bytes(1, utf8(key)), bytes(2, utf8(value)));
}

function message(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function number(field: number, value: number): Uint8Array<ArrayBuffer> {
  return message(varint(field * 8), varint(value));
}

function bytes(field: number, value: Uint8Array): Uint8Array<ArrayBuffer> {
  return message(varint(field * 8 + 2), varint(value.length), value);
}

function varint(value: number): Uint8Array<ArrayBuffer> {
  const digits: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const more = rest > 127n;
    digits.push(Number(rest & 127n) + (more ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return new Uint8Array(digits);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
