/** A Worker of a search: takes slices of the current picture and returns their windows that pass. */

/// <reference lib="deno.worker" />

import type { HaarPart } from "./haar/haar_scales.ts";
import { HaarScan } from "./haar/haar_scan.ts";
import {
  CURRENT_SEARCH,
  NEXT_SLICE,
  PIXELS_OFFSET_BYTES,
  type SearchReply,
  type SearchRequest,
  type SliceHits,
} from "./search_messages.ts";

let scan: HaarScan | undefined;
let slices: readonly (readonly HaarPart[])[] = [];
let shared = new Int32Array(new SharedArrayBuffer(PIXELS_OFFSET_BYTES));
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
    return { kind: "hits", slices: search(request.number) };
  }
  scan = new HaarScan(request.haar);
  slices = request.slices;
  shared = new Int32Array(request.shared, 0, 2);
  pixels = new Uint8Array(request.shared, PIXELS_OFFSET_BYTES);
  scan.warmUp();
  return { kind: "opened" };
}

function search(number: number): SliceHits[] {
  const isWanted = () => Atomics.load(shared, CURRENT_SEARCH) === number;
  const done: SliceHits[] = [];
  scan?.load(pixels);
  while (isWanted()) {
    const slice = Atomics.add(shared, NEXT_SLICE, 1);
    const parts = slices[slice];
    if (!parts) break;
    done.push({ slice, hits: parts.flatMap((part) => scan?.search(part, isWanted) ?? []) });
  }
  return done;
}
