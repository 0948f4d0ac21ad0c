/** The Worker of one detector: gray pixels in, reports out. */

/// <reference lib="deno.worker" />

import type { FrameSize } from "../frame/frame_size.ts";
import { cv, cvMessage } from "./cv.ts";
import type { Report } from "../frame/detection.ts";
import type { Detector } from "./filter.ts";
import { cvDetectors } from "./registry.ts";
import { loadModel } from "./models.ts";

export type DetectorRequest =
  | {
    readonly kind: "open";
    readonly name: string;
    readonly options: { readonly [name: string]: unknown };
    readonly size: FrameSize;
  }
  | {
    readonly kind: "frame";
    readonly pixels: Uint8Array<ArrayBuffer>;
    /** Milliseconds between two frames of the stream, if known. */
    readonly interval: number | undefined;
  };

export type DetectorReply =
  | { readonly kind: "opened" }
  | { readonly kind: "detected"; readonly report: Report }
  | { readonly kind: "fault"; readonly message: string };

let detector: Detector | undefined;
let size: FrameSize = { width: 1, height: 1 };

self.onmessage = async ({ data }: MessageEvent<DetectorRequest>) => {
  self.postMessage(data.kind === "frame" ? await detect(data) : await open(data));
};

async function open(data: Extract<DetectorRequest, { kind: "open" }>): Promise<DetectorReply> {
  size = data.size;
  try {
    detector = cvDetectors.find(({ name }) => name === data.name)?.create({
      ...{ cv, ...size, model: loadModel },
      // deno-lint-ignore no-explicit-any -- graph.ts typed them by the detector's parameters
      options: data.options as any,
    });
    await detector?.ready;
    return { kind: "opened" };
  } catch (thrown) {
    return { kind: "fault", message: cvMessage(thrown) };
  }
}

async function detect(
  { pixels, interval }: Extract<DetectorRequest, { kind: "frame" }>,
): Promise<DetectorReply> {
  if (!detector) return { kind: "fault", message: "the detector did not start" };
  try {
    using mat = new cv.Mat(size.height, size.width, cv.CV_8UC1);
    mat.data.set(pixels);
    return { kind: "detected", report: await detector.detect(mat, interval) };
  } catch (thrown) {
    return { kind: "fault", message: cvMessage(thrown) };
  }
}
