/** What a source gives encoded already. */

import type { AccessUnits } from "./access_units.ts";
import type { Jpeg } from "./jpeg.ts";
import type { Latest } from "./latest.ts";

/** The frames of a source as it sends them, of the same size, number and time as the raw frames: one of the two. */
export interface EncodedFrames {
  readonly h264?: {
    readonly units: AccessUnits;
    /** Bits a second in the last seconds. */
    readonly rate: number;
  };
  readonly jpegs?: Latest<Jpeg>;
}
