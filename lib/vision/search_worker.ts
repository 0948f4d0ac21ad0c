/** The Worker of a search: it is told of a picture, and gives the windows that pass in slices of it. */

/// <reference lib="deno.worker" />

import type { HaarPart } from "./haar/haar_scales.ts";
import { HaarScan } from "./haar/haar_scan.ts";
import {
  NEXT,
  type SearchReply,
  type SearchRequest,
  SHARED_PIXELS,
  type SliceHits,
  WANTED,
} from "./search_messages.ts";

let scan: HaarScan | undefined;
let slices: readonly (readonly HaarPart[])[] = [];
let shared = new Int32Array(new SharedArrayBuffer(SHARED_PIXELS));
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
  pixels = new Uint8Array(request.shared, SHARED_PIXELS);
  scan.warm();
  return { kind: "opened" };
}

function search(number: number): SliceHits[] {
  const isWanted = () => Atomics.load(shared, WANTED) === number;
  const done: SliceHits[] = [];
  scan?.look(pixels);
  while (isWanted()) {
    const slice = Atomics.add(shared, NEXT, 1);
    const parts = slices[slice];
    if (!parts) break;
    done.push({ slice, hits: parts.flatMap((part) => scan?.search(part, isWanted) ?? []) });
  }
  return done;
}
