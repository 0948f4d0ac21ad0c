/** Finds which frames of a stream can be stored as the H.264 that they came as. Pure. */

import type { Frame } from "../frame/frame.ts";
import { NAL_TYPES, nalType, nalUnits } from "../wire/annex_b.ts";

/** What to do with a frame: write it, leave it out, or begin another file with it. */
export type ChainStep = "write" | "skip" | "begin";

/** The frames of one record, in order. */
export class UnitChain {
  /** The number of the last unit that was written; undefined while the next one must be a keyframe. */
  #last: number | undefined;
  /** What the file's decoder needs, which must not change within a file; undefined before the first keyframe. */
  #parameters: Parameters | undefined;

  /** What to do with the next frame. */
  next({ encoded }: Pick<Frame, "encoded">): ChainStep {
    if (!encoded) return this.#break();
    const { unit, number } = encoded;
    const isNext = this.#last !== undefined && number === this.#last + 1;
    // What follows a unit that is not in the file cannot be decoded.
    if (!isNext && !unit.isKey) return this.#break();
    this.#last = number;
    if (!unit.isKey) return "write";
    const parameters = parametersOf(unit.bytes);
    const file = this.#parameters;
    if (file && file.text === parameters.text && parameters.level <= file.level) return "write";
    this.#parameters = parameters;
    return file ? "begin" : "write";
  }

  #break(): ChainStep {
    this.#last = undefined;
    return "skip";
  }
}

/** The SPS and PPS of a keyframe. */
interface Parameters {
  /** All but the level, to be compared. */
  readonly text: string;
  /** How much the decoder must be able to do: one that can do more can do this, too. */
  readonly level: number;
}

/** Where an SPS has its level, behind its type, the profile and its constraints. */
const LEVEL = 3;

function parametersOf(bytes: Uint8Array<ArrayBuffer>): Parameters {
  const nals = nalUnits(bytes);
  const [sps = new Uint8Array()] = nals.filter((nal) => nalType(nal) === NAL_TYPES.sps);
  const others = nals.filter((nal) => nalType(nal) === NAL_TYPES.pps);
  return {
    text: [sps.with(Math.min(LEVEL, sps.length - 1), 0), ...others].map((set) => set.join()).join(
      ";",
    ),
    level: sps[LEVEL] ?? 0,
  };
}
