/** Finds which frames of a stream can be stored as the H.264 that they came as. Pure. */

import type { Frame } from "../frame/frame.ts";
import { NAL_TYPES, nalType, nalUnits } from "../wire/annex_b.ts";

/** What to do with a frame: write it, leave it out, or begin another file with it. */
export type ChainStep = "write" | "skip" | "begin";

/** The frames of one record, in order. */
export class UnitChain {
  /** The number of the last unit that was written; undefined while the next one must be a keyframe. */
  #last: number | undefined;
  /** The parameters of the file's decoder, which must not change within a file. */
  #parameters = "";

  /** What to do with the next frame. */
  next({ encoded }: Pick<Frame, "encoded">): ChainStep {
    if (!encoded) return this.#break();
    const { unit, number } = encoded;
    const isNext = this.#last !== undefined && number === this.#last + 1;
    // What follows a unit that is not in the file cannot be decoded.
    if (!isNext && !unit.isKey) return this.#break();
    this.#last = number;
    if (!unit.isKey) return "write";
    const former = this.#parameters;
    this.#parameters = parametersOf(unit.bytes);
    return former === "" || former === this.#parameters ? "write" : "begin";
  }

  #break(): ChainStep {
    this.#last = undefined;
    return "skip";
  }
}

/** The SPS and PPS of a keyframe, to compare them. */
function parametersOf(bytes: Uint8Array<ArrayBuffer>): string {
  const sets = nalUnits(bytes).filter((nal) =>
    [NAL_TYPES.sps, NAL_TYPES.pps].some((type) => type === nalType(nal))
  );
  return sets.map((set) => set.join()).join(";");
}
