/** The Worker of a part of each search: it is told of a picture, and gives the windows that pass. */

/// <reference lib="deno.worker" />

import type { Box } from "./filter.ts";
import type { HaarPart } from "./haar/haar_scales.ts";
import { HaarScan } from "./haar/haar_scan.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";

export type SearchRequest =
  | {
    readonly kind: "open";
    readonly haar: PreparedHaar;
    readonly parts: readonly HaarPart[];
    /** Shared: the number of the search that is wanted (4 bytes), then the picture's pixels. */
    readonly shared: SharedArrayBuffer;
  }
  | { readonly kind: "search"; readonly number: number };

export type SearchReply =
  | { readonly kind: "opened" }
  /** Hits of a search; they are not complete where another one is wanted by then. */
  | { readonly kind: "hits"; readonly number: number; readonly hits: readonly Box[] }
  | { readonly kind: "fault"; readonly message: string };

let scan: HaarScan | undefined;
let parts: readonly HaarPart[] = [];
let wanted = new Int32Array(new SharedArrayBuffer(4));
let pixels = new Uint8Array(new SharedArrayBuffer(0));

self.onmessage = ({ data }: MessageEvent<SearchRequest>) => {
  try {
    self.postMessage(answer(data));
  } catch (thrown) {
    self.postMessage({ kind: "fault", message: String(thrown) } satisfies SearchReply);
  }
};

function answer(request: SearchRequest): SearchReply {
  if (request.kind === "search") {
    return { kind: "hits", number: request.number, hits: search(request.number) };
  }
  const { haar, shared } = request;
  scan = new HaarScan(haar);
  parts = request.parts;
  wanted = new Int32Array(shared, 0, 1);
  pixels = new Uint8Array(shared, 4);
  scan.warm();
  return { kind: "opened" };
}

function search(number: number): Box[] {
  const isWanted = () => Atomics.load(wanted, 0) === number;
  scan?.look(pixels);
  return parts.flatMap((part) => scan?.search(part, isWanted) ?? []);
}
