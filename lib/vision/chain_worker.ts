/** The Worker of the filter chain: frames in, processed frames and events out, one at a time. */

/// <reference lib="deno.worker" />

import type { FrameFormat } from "../frame/frame_format.ts";
import type { Detection } from "../frame/detection.ts";
import { planBuiltIn } from "./built_in_filter.ts";
import { Chain } from "./chain.ts";
import { faultText } from "./fault.ts";
import type { FrameFacts } from "./filter.ts";
import type { GraphItem } from "./graph.ts";
import { ownName, planOwn } from "./own_filter.ts";
import { reportsBoxes } from "./registry.ts";
import type { StagePlan } from "./stage.ts";
import { withoutDoubleBoxes } from "./tracking/tracked_graph.ts";

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
    for (const item of withoutDoubleBoxes(graph, reportsBoxes)) {
      starting(item.kind === "own" ? ownName(item.path) : item.name);
      plans.push(
        item.kind === "own"
          ? await planOwn(item.path, item.options)
          : planBuiltIn(item, { lossless }),
      );
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

function reply(message: ChainReply, transfer: Transferable[] = []): void {
  post(message, transfer);
}
