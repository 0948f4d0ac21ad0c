/** Frames with colors, and chains that process them. */

import type { Detection } from "../../lib/frame/detection.ts";
import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { type Plane, planesOf } from "../../lib/frame/plane.ts";
import { planBuiltIn } from "../../lib/vision/built_in_filter.ts";
import { Chain } from "../../lib/vision/chain.ts";
import { parseGraph } from "../../lib/vision/graph.ts";
import { definitions } from "../../lib/vision/registry.ts";
import type { StagePlan } from "../../lib/vision/stage.ts";

export type Bytes = Uint8Array<ArrayBuffer>;
export type Yuv = readonly [y: number, u: number, v: number];

export function colorFormat(width: number, height: number): FrameFormat {
  return { width, height, pixels: "yuv420p" };
}

/** The pixels of a frame; U and V come from the left upper one of four pixels. */
export function colorFrame(format: FrameFormat, at: (x: number, y: number) => Yuv): Bytes {
  const pixels = new Uint8Array(frameBytes(format));
  planesOf({ format, pixels }).forEach((plane, index) => {
    const step = index === 0 ? 1 : 2;
    for (let i = 0; i < plane.pixels.length; i++) {
      const [x, y] = [i % plane.width, Math.floor(i / plane.width)];
      plane.pixels[i] = at(x * step, y * step)[index]!;
    }
  });
  return pixels;
}

/** A color in full range, as in JPEG. */
export function yuv(red: number, green: number, blue: number): Yuv {
  const y = 0.299 * red + 0.587 * green + 0.114 * blue;
  const sample = (value: number) => Math.min(255, Math.round(value));
  return [sample(y), sample(128 + (blue - y) / 1.772), sample(128 + (red - y) / 1.402)];
}

/** The stages of a graph of built-in filters. */
export function plansOf(graph: string): StagePlan[] {
  return parseGraph(graph, definitions).map((item) => {
    if (item.kind !== "built-in") throw new Error(`${item.path} is not a built-in filter`);
    return planBuiltIn(item, { lossless: true });
  });
}

export interface Processed {
  readonly output: FrameFormat;
  readonly frames: readonly Bytes[];
  /** The planes of the last frame. */
  readonly planes: readonly Plane[];
  readonly events: readonly Detection[];
  readonly faults: readonly string[];
}

/** Processes frames with a chain; 30 frames per second. */
export async function processed(
  plans: StagePlan[],
  format: FrameFormat,
  frames: readonly Bytes[],
): Promise<Processed> {
  const events: Detection[] = [];
  const faults: string[] = [];
  const chain = new Chain(plans, format, {
    event: (event) => events.push(event),
    fault: (fault) => faults.push(fault),
  });
  try {
    await chain.ready();
    const results: Bytes[] = [];
    for (const [sequence, frame] of frames.entries()) {
      // The chain may overwrite the frame, and return it.
      results.push(
        await chain.process(frame.slice(), { sequence, capturedAt: sequence * 1000 / 30 }),
      );
    }
    const { output } = chain;
    const planes = planesOf({ format: output, pixels: results.at(-1)! });
    return { output, frames: results, planes, events, faults };
  } finally {
    await chain.close();
  }
}

/** The format and the frames without their colors. */
export function grayOf(
  format: FrameFormat,
  frames: readonly Bytes[],
): { format: FrameFormat; frames: Bytes[] } {
  const gray = grayFormat(format);
  return { format: gray, frames: frames.map((pixels) => pixels.slice(0, frameBytes(gray))) };
}
