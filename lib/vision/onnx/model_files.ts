/** The files of the filter `detect`: the model, its labels, and onnxruntime's WebAssembly. */

import { readLabelLines } from "./labels.ts";

/** A larger model does not fit into WebAssembly's memory beside its own copy. */
const MAX_MODEL_BYTES = 1e9;
const MAX_LABEL_BYTES = 1e6;

/** The folder of onnxruntime-web, which only the filter `detect` loads. */
export function ortFolder(): URL {
  return new URL(".", import.meta.resolve("onnxruntime-web/wasm"));
}

/** The bytes of onnxruntime's WebAssembly, the one with SIMD and without code for graphics cards. */
export function readOrtWasm(): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(new URL("./ort-wasm-simd-threaded.wasm", ortFolder()));
}

/** The bytes of a model's file. Throws an `Error` for the user. */
export function readModel(path: string): Uint8Array<ArrayBuffer> {
  return readFile(path, { what: "model", maxBytes: MAX_MODEL_BYTES });
}

/** The labels in a file, one in each line. Throws an `Error` for the user. */
export function readLabels(path: string): string[] {
  const bytes = readFile(path, { what: "labels", maxBytes: MAX_LABEL_BYTES });
  const labels = readLabelLines(new TextDecoder().decode(bytes));
  if (labels.length === 0) throw new Error(`Cannot use the labels "${path}": the file is empty`);
  return labels;
}

function readFile(
  path: string,
  { what, maxBytes }: { what: string; maxBytes: number },
): Uint8Array<ArrayBuffer> {
  const refuse = (why: string, cause?: unknown) =>
    new Error(`Cannot read the ${what} "${path}": ${why}`, { cause });
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile) throw refuse("it is not a file");
    if (size === 0) throw refuse("it is empty");
    if (size > maxBytes) {
      throw refuse(`it has ${megabytes(size)} MB; expected at most ${megabytes(maxBytes)} MB`);
    }
    return Deno.readFileSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) throw refuse("there is no such file", thrown);
    if (thrown instanceof Deno.errors.PermissionDenied) throw refuse("it may not be read", thrown);
    throw thrown;
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
