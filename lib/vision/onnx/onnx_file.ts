/**
 * Reads the parts of an ONNX file that onnxruntime-web does not tell: the metadata, and whether the weights are in
 * another file. The file is a message of Protocol Buffers (ModelProto in onnx.proto).
 */

/** What is known about a file before it is loaded. */
export interface OnnxFile {
  /** The model's metadata, such as `names` and `task` of Ultralytics. */
  readonly metadata: ReadonlyMap<string, string>;
}

/** The numbers of the fields in onnx.proto. */
const MODEL = { graph: 7, opsets: 8, metadata: 14 } as const;
const GRAPH = { initializer: 5 } as const;
const TENSOR = { externalData: 13, dataLocation: 14 } as const;
const ENTRY = { key: 1, value: 2 } as const;
const EXTERNAL = 1;

interface Field {
  readonly number: number;
  /** The bytes of a field with a length, the value of a number. */
  readonly value: Uint8Array | number;
}

/** Reads a file. Throws an `Error` that says why it is not a model in one file. */
export function readOnnxFile(bytes: Uint8Array): OnnxFile {
  let graph: Uint8Array | undefined;
  let opsets = 0;
  const metadata = new Map<string, string>();
  try {
    for (const { number, value } of fieldsOf(bytes)) {
      if (number === MODEL.graph) graph = asBytes(value);
      if (number === MODEL.opsets) opsets++;
      if (number === MODEL.metadata) metadata.set(...readEntry(asBytes(value)));
    }
  } catch (cause) {
    // A file that has begun as a model ends too early, or its end was overwritten.
    throw new Error(isModelStart(bytes) ? "the file is cut off or damaged" : NOT_ONNX, { cause });
  }
  if (!graph || opsets === 0) throw new Error(NOT_ONNX);
  const other = externalFile(graph);
  if (other !== undefined) {
    throw new Error(`its weights are in another file ("${other}"); export it as one file`);
  }
  return { metadata };
}

const NOT_ONNX = "it is not an ONNX model";

/** Whether bytes begin as all exporters write a model: with the version of the format, a small number. */
function isModelStart(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && (bytes[1] ?? 255) < 32 && bytes.length > 2;
}

/** The file of the first tensor that is not in the model itself; undefined if there is none. */
function externalFile(graph: Uint8Array): string | undefined {
  try {
    for (const { number, value } of fieldsOf(graph)) {
      if (number !== GRAPH.initializer) continue;
      const entries = new Map<string, string>();
      let isExternal = false;
      for (const field of fieldsOf(asBytes(value))) {
        if (field.number === TENSOR.dataLocation) isExternal = field.value === EXTERNAL;
        if (field.number === TENSOR.externalData) entries.set(...readEntry(asBytes(field.value)));
      }
      if (isExternal) return entries.get("location") ?? "unknown";
    }
    return undefined;
  } catch (cause) {
    throw new Error("the file is damaged", { cause });
  }
}

function readEntry(bytes: Uint8Array): [key: string, value: string] {
  const texts = new Map<number, string>();
  for (const { number, value } of fieldsOf(bytes)) {
    texts.set(number, new TextDecoder().decode(asBytes(value)));
  }
  return [texts.get(ENTRY.key) ?? "", texts.get(ENTRY.value) ?? ""];
}

function asBytes(value: Uint8Array | number): Uint8Array {
  if (typeof value === "number") throw new RangeError("a number in place of bytes");
  return value;
}

/** The fields of a message. Throws a `RangeError` if the bytes are no message. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined) throw new RangeError("the bytes end in a number");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new RangeError("a number is too long");
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Math.floor(tag / 8);
    const type = tag % 8;
    if (number === 0) throw new RangeError("there is no field 0");
    if (type === 0) {
      yield { number, value: varint() };
      continue;
    }
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? varint() : Infinity;
    if (length > bytes.length - at) throw new RangeError("a field is longer than the file");
    yield { number, value: bytes.subarray(at, at += length) };
  }
}
