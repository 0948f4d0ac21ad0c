/**
 * Decides whether the H.264 of a source can be passed on as it is: only what every browser plays (8 bits, 4:2:0, up to
 * high profile), and no B-frames, which come late and in another order than they are shown. Pure.
 */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { NAL_TYPES, nalType, nalUnits } from "./annex_b.ts";
import { readSliceType, readSps } from "./h264_heads.ts";
import { WireError } from "./wire_error.ts";

/** A unit before its number and time are known. */
export type PlayableUnit = Pick<AccessUnit, "bytes" | "isKey" | "size">;

const HIGH_PROFILE = 100;

/** The types of slices with B-frames (ITU-T H.264, table 7-6). */
const B_SLICES = [1, 6];

/** SPS, PPS and the head of the first slice fit in here; there is no need to look through the whole unit. */
const HEAD_BYTES = 4096;

/** Checks the units of a source, in order. */
export class PlayableUnits {
  #size: FrameSize | undefined;

  /**
   * The unit with the size of its picture; undefined before the first keyframe. Throws a `WireError` if browsers
   * cannot play it, or not in time.
   */
  check({ bytes, isKey }: Omit<PlayableUnit, "size">): PlayableUnit | undefined {
    const nals = nalUnits(bytes.subarray(0, HEAD_BYTES));
    const sps = nals.find((nal) => nalType(nal) === NAL_TYPES.sps);
    if (sps) this.#size = playableSize(sps);
    const slice = nals.find((nal) => nalType(nal) === NAL_TYPES.slice);
    if (slice && B_SLICES.includes(readSliceType(slice))) {
      throw new WireError("its H.264 has B-frames");
    }
    return this.#size && { bytes, isKey, size: this.#size };
  }
}

function playableSize(nal: Uint8Array): FrameSize {
  const { size, profile, chroma, depth } = readSps(nal);
  if (profile > HIGH_PROFILE || chroma !== 1 || depth !== 8) {
    throw new WireError(`its H.264 has profile ${profile}, which browsers do not play`);
  }
  return size;
}
