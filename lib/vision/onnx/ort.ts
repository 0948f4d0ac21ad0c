/**
 * onnxruntime-web, with the part of its interface that is used here. Only onnx_worker.ts imports this file: the program
 * itself never loads it. The build with `wasm` in its name has no code for graphics cards; its WebAssembly (SIMD) runs
 * on one thread here, since its threads need modules from `blob:`, which Deno's Workers do not have.
 */

import "./hide_location.ts"; // must be the first
import * as ort from "onnxruntime-web/wasm";

export type { InferenceSession } from "onnxruntime-web/wasm";
export type OrtTensor = ort.Tensor;

/** Loads WebAssembly's bytes at the first `openSession`. Nothing is printed: errors are thrown. */
export function prepareOrt(wasm: Uint8Array<ArrayBuffer>): void {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = wasm.buffer;
  ort.env.logLevel = "fatal";
}

/** Loads a model. Throws an `Error` with onnxruntime's own reason if it cannot. */
export async function openSession(model: Uint8Array): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ["wasm"],
      logSeverityLevel: 4,
    });
  } catch (thrown) {
    throw new Error(ortMessage(thrown), { cause: thrown });
  }
}

/** A tensor with these values, of this shape. */
export function newTensor(
  values: Float32Array | Uint8Array,
  dims: readonly number[],
): ort.Tensor {
  return values instanceof Float32Array
    ? new ort.Tensor("float32", values, dims)
    : new ort.Tensor("uint8", values, dims);
}

/** The reason in a message of onnxruntime, without its prefix, its addresses in C++ and its further lines. */
export function ortMessage(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const [line = ""] = message.replace(/^.*?ERROR_MESSAGE: /s, "").split("\n");
  return line.replace(/^\S*\.(?:cc|h):\d+ .*?\) /, "").trim().slice(0, 300);
}
