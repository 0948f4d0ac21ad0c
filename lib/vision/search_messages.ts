/** The messages between a `SearchTeam` and its Workers, and the layout of their shared memory. */

import type { Box } from "../frame/detection.ts";
import type { HaarPart } from "./haar/haar_scales.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";

export type SearchRequest =
  | {
    readonly kind: "open";
    readonly haar: PreparedHaar;
    /** All slices of a search. The next free Worker takes the next slice. */
    readonly slices: readonly (readonly HaarPart[])[];
    /** The number of the current search and the next slice (4 bytes each), then the pixels. */
    readonly shared: SharedArrayBuffer;
  }
  | { readonly kind: "search"; readonly number: number };

export type SearchReply =
  | { readonly kind: "opened" }
  /** The hits in the slices of this Worker; incomplete if the search was abandoned. */
  | { readonly kind: "hits"; readonly slices: readonly SliceHits[] }
  | { readonly kind: "fault"; readonly message: string };

/** The windows of a slice that pass. */
export interface SliceHits {
  readonly slice: number;
  readonly hits: readonly Box[];
}

/** Positions in the shared memory: two indices of 4-byte words, and the byte offset of the pixels. */
export const CURRENT_SEARCH = 0;
export const NEXT_SLICE = 1;
export const PIXELS_OFFSET_BYTES = 8;
