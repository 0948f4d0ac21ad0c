/** What a `SearchTeam` and its Workers say to each other, and what they share. */

import type { Box } from "../frame/detection.ts";
import type { HaarPart } from "./haar/haar_scales.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";

export type SearchRequest =
  | {
    readonly kind: "open";
    readonly haar: PreparedHaar;
    /** All the slices of a search; each is done by whoever comes to it first. */
    readonly slices: readonly (readonly HaarPart[])[];
    /** Shared: the search that is wanted and the next slice (4 bytes each), then the pixels. */
    readonly shared: SharedArrayBuffer;
  }
  | { readonly kind: "search"; readonly number: number };

export type SearchReply =
  | { readonly kind: "opened" }
  /** What is in the slices that this Worker did; not complete where another search is wanted by then. */
  | { readonly kind: "hits"; readonly slices: readonly SliceHits[] }
  | { readonly kind: "fault"; readonly message: string };

/** The windows that pass in a slice. */
export interface SliceHits {
  readonly slice: number;
  readonly hits: readonly Box[];
}

/** Places in the shared memory. */
export const WANTED = 0;
export const NEXT = 1;
export const SHARED_PIXELS = 8;
