/** The Worker of one model: frames in, reports out. It has no permissions; the model's bytes come in a message. */

/// <reference lib="deno.worker" />

import type { OnnxReply, OnnxRequest } from "./onnx_messages.ts";
import { OnnxModel } from "./onnx_model.ts";
import { prepareOrt } from "./ort.ts";

// onnxruntime's WebAssembly prints what it also throws.
for (const name of ["log", "info", "debug", "warn", "error"] as const) console[name] = () => {};

let model: OnnxModel | undefined;

self.onmessage = async ({ data }: MessageEvent<OnnxRequest>) => {
  self.postMessage(await answer(data));
};

async function answer(request: OnnxRequest): Promise<OnnxReply> {
  try {
    if (request.kind === "open") {
      prepareOrt(request.wasm);
      model = await OnnxModel.open(request.model, request);
      return { kind: "opened" };
    }
    if (!model) throw new Error("the model was not loaded");
    return { kind: "detected", report: await model.detect(request.pixels) };
  } catch (thrown) {
    return { kind: "fault", message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
