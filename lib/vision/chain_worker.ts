/** The Worker of the filter chain: frames in, processed frames and events out, one at a time. */

/// <reference lib="deno.worker" />

import type { FrameSize } from "../frame/frame_size.ts";
import { IDENTITY } from "./affine.ts";
import { Chain, type FilterEvent, place, type StagePlan } from "./chain.ts";
import { cv, cvMessage } from "./cv.ts";
import type { Filter, FilterContext, FrameFacts } from "./filter.ts";
import type { GraphItem, Options } from "./graph.ts";
import { Lookout } from "./lookout.ts";
import { detectors, filters } from "./registry.ts";

export type ChainRequest =
  | { readonly kind: "open"; readonly graph: readonly GraphItem[]; readonly size: FrameSize }
  | ({ readonly kind: "frame"; readonly pixels: Uint8Array<ArrayBuffer> } & FrameFacts)
  | { readonly kind: "close" };

export type ChainReply =
  | { readonly kind: "opened"; readonly output: FrameSize }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "frame"; readonly pixels: Uint8Array<ArrayBuffer>; readonly took: number }
  | { readonly kind: "event"; readonly event: FilterEvent }
  | { readonly kind: "fault"; readonly message: string }
  | { readonly kind: "closed" };

/** What the user's own module exports by default. */
type OwnFilter = (context: FilterContext<Options>) => Filter | Promise<Filter>;

let chain: Chain | undefined;

self.onmessage = async ({ data }: MessageEvent<ChainRequest>) => {
  if (data.kind === "open") return reply(await open(data.graph, data.size));
  if (data.kind === "close") {
    await chain?.close();
    return reply({ kind: "closed" });
  }
  if (!chain) return;
  const startedAt = performance.now();
  const pixels = await chain.process(data.pixels, data);
  reply({ kind: "frame", pixels, took: performance.now() - startedAt }, [pixels.buffer]);
};

async function open(graph: readonly GraphItem[], size: FrameSize): Promise<ChainReply> {
  try {
    chain = new Chain(await Promise.all(graph.map(planStage)), size, {
      event: (event) => reply({ kind: "event", event }),
      fault: (message) => reply({ kind: "fault", message }),
    });
    await chain.ready();
    return { kind: "opened", output: chain.output };
  } catch (thrown) {
    return { kind: "refused", message: `${cvMessage(thrown)}${place(thrown)}` };
  }
}

function planStage(item: GraphItem): StagePlan | Promise<StagePlan> {
  if (item.kind === "own") return planOwn(item.path, item.options);
  const { name, options } = item;
  const filter = filters.find((definition) => definition.name === name);
  if (filter) {
    return {
      ...{ name, own: false, looks: false },
      start: (size, report) => filter.create({ cv, ...size, options, report }),
      wayBack: (size) => filter.wayBack?.(size, options) ?? IDENTITY,
    };
  }
  const rate = Number(options.rate);
  const draw = options.draw === 1;
  if (!detectors.some((definition) => definition.name === name)) {
    throw new Error(`no filter ${name}`);
  }
  return {
    ...{ name, own: false, looks: true },
    start: (size) => new Lookout({ name, options, rate, draw }, size),
  };
}

async function planOwn(url: string, options: Options): Promise<StagePlan> {
  const name = url.slice(url.lastIndexOf("/") + 1);
  const module = await import(url) as { default?: unknown };
  if (typeof module.default !== "function") {
    throw new TypeError(`${name} has no default export that is a function`);
  }
  const create = module.default as OwnFilter;
  return {
    ...{ name, own: true, looks: false },
    start: (size, report) => {
      const filter = create({ cv, ...size, options, report });
      if (filter instanceof Promise) throw new TypeError(`${name}: its default export is async`);
      if (typeof filter?.process !== "function") {
        throw new TypeError(`${name}: its default export does not return { process(mat) }`);
      }
      return filter;
    },
  };
}

function reply(message: ChainReply, transfer: Transferable[] = []): void {
  self.postMessage(message, transfer);
}
