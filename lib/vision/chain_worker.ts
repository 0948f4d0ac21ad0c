/** The Worker of the filter chain: frames in, processed frames and events out, one at a time. */

/// <reference lib="deno.worker" />

import type { FrameFormat } from "../frame/frame_format.ts";
import { IDENTITY } from "./affine.ts";
import type { Detection } from "../frame/detection.ts";
import { Chain } from "./chain.ts";
import { cv } from "./cv.ts";
import { faultText } from "./fault.ts";
import type { FrameFacts } from "./filter.ts";
import type { GraphItem } from "./graph.ts";
import { BackgroundDetector } from "./background_detector.ts";
import { ownName, planOwn } from "./own_filter.ts";
import { detectors, filters } from "./registry.ts";
import type { StagePlan } from "./stage.ts";

export type ChainRequest =
  | {
    readonly kind: "open";
    readonly graph: readonly GraphItem[];
    readonly format: FrameFormat;
    /** Whether detectors search every frame. */
    readonly lossless: boolean;
  }
  | ({ readonly kind: "frame"; readonly pixels: Uint8Array<ArrayBuffer> } & FrameFacts)
  | { readonly kind: "close" };

export type ChainReply =
  /** The filter that is about to be loaded or started; undefined while only the detectors start. */
  | { readonly kind: "starting"; readonly filter: string | undefined }
  | { readonly kind: "opened"; readonly output: FrameFormat }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "frame"; readonly pixels: Uint8Array<ArrayBuffer>; readonly tookMs: number }
  | { readonly kind: "event"; readonly event: Detection }
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "closed" };

/** Kept private: a user's filter runs in this Worker, and must not send replies of the chain. */
const post = self.postMessage.bind(self);
Object.defineProperty(self, "postMessage", {
  value: () => {
    throw new TypeError("a filter cannot post messages; use report() for results");
  },
});
// Deno's internal functions to post and print. Filters do not need them.
Reflect.deleteProperty(Deno, (Deno as unknown as { readonly internal: symbol }).internal);
// Output of a user's filter goes to stderr: stdout can carry pixels or JSON lines.
for (const name of ["log", "info", "debug", "table", "dir", "dirxml", "group", "count"] as const) {
  console[name] = console.error;
}

let chain: Chain | undefined;

self.addEventListener("message", async ({ data }: MessageEvent<ChainRequest>) => {
  if (data.kind === "open") return reply(await open(data));
  if (data.kind === "close") {
    await chain?.close();
    return reply({ kind: "closed" });
  }
  if (!chain) return;
  const startedAt = performance.now();
  const pixels = await chain.process(data.pixels, data);
  reply({ kind: "frame", pixels, tookMs: performance.now() - startedAt }, [pixels.buffer]);
});

async function open(
  { graph, format, lossless }: ChainRequest & { kind: "open" },
): Promise<ChainReply> {
  const starting = (filter: string | undefined) => reply({ kind: "starting", filter });
  try {
    const plans: StagePlan[] = [];
    for (const item of graph) {
      starting(item.kind === "own" ? ownName(item.path) : item.name);
      plans.push(await planStage(item, { lossless }));
    }
    chain = new Chain(plans, format, {
      starting,
      event: (event) => reply({ kind: "event", event }),
      fault: (message) => reply({ kind: "fault", message }),
    });
    starting(undefined);
    await chain.ready();
    return { kind: "opened", output: chain.output };
  } catch (thrown) {
    return { kind: "refused", message: faultText(thrown) };
  }
}

function planStage(
  item: GraphItem,
  { lossless }: { lossless: boolean },
): StagePlan | Promise<StagePlan> {
  if (item.kind === "own") return planOwn(item.path, item.options);
  const { name, options } = item;
  const filter = filters.find((definition) => definition.name === name);
  if (filter) {
    const { pixels = "gray", isGray = false, chromaOptions } = filter;
    return {
      ...{ name, own: false, detector: false, pixels, isGray },
      start: (input, report) => filter.create({ cv, ...input, options, report }),
      ...(chromaOptions && {
        startChroma: (input, of) =>
          filter.create({ cv, ...input, options: chromaOptions(of, options), report: () => {} }),
      }),
      toSource: (size) => filter.toSource?.(size, options) ?? IDENTITY,
    };
  }
  const rate = lossless ? 0 : Number(options.rate);
  const draw = options.draw === 1;
  const sync = lossless || options.sync === 1;
  if (!detectors.some((definition) => definition.name === name)) {
    throw new Error(`no filter ${name}`);
  }
  return {
    ...{ name, own: false, detector: true, pixels: "gray", isGray: false },
    start: (size) => new BackgroundDetector({ name, options, rate, draw, sync }, size),
  };
}

function reply(message: ChainReply, transfer: Transferable[] = []): void {
  post(message, transfer);
}
