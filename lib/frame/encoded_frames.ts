/** What a source gives encoded already. */

import type { AccessUnits } from "./access_units.ts";
import type { Jpeg } from "./jpeg.ts";
import type { Latest } from "./latest.ts";

/**
 * The frames of a source as it sends them, of the same size, number and time as the raw frames: one of the two, or none
 * while it sends neither.
 */
export interface EncodedFrames {
  readonly h264?: {
    readonly units: AccessUnits;
    /** Bits a second in the last seconds; undefined before that is known. */
    readonly rate: number | undefined;
    /** From one keyframe to the next, in milliseconds; undefined before that is known. */
    readonly keyframeMs: number | undefined;
  };
  readonly jpegs?: Latest<Jpeg>;
}
