/** Starts a model in its Workers, for tests. */

import { type FrameFormat, grayFormat } from "../../../lib/frame/frame_format.ts";
import { readOrtWasm } from "../../../lib/vision/onnx/model_files.ts";
import { OnnxCrew } from "../../../lib/vision/onnx/onnx_crew.ts";
import type { ModelOptions } from "../../../lib/vision/onnx/onnx_messages.ts";

export const DEFAULTS: ModelOptions = {
  ...{ model: "test.onnx", confidence: 0.25, iou: 0.45, size: 0, classes: [], labels: undefined },
};

/** The crew ends its Workers when it is disposed of. Rejects if the model cannot be used. */
export async function openCrew(
  model: Uint8Array<ArrayBuffer>,
  { format = grayFormat({ width: 64, height: 64 }), workers = 1, frameTimeoutMs, ...options }:
    & Partial<ModelOptions>
    & { format?: FrameFormat; workers?: number; frameTimeoutMs?: number } = {},
): Promise<OnnxCrew & AsyncDisposable> {
  const crew = new OnnxCrew({
    ...{ workers, wasm: readOrtWasm(), model, format, options: { ...DEFAULTS, ...options } },
    ...frameTimeoutMs === undefined ? {} : { frameTimeoutMs },
  });
  await crew.ready;
  return Object.assign(crew, {
    [Symbol.asyncDispose]: () => {
      crew.close();
      return Promise.resolve();
    },
  });
}
