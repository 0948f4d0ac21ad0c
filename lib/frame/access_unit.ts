/** A frame as H.264: one access unit, as encoders give it and decoders take it. */

import type { Frame } from "./frame.ts";
import type { FrameSize } from "./frame_size.ts";

/** An encoded frame; shared and read-only. */
export interface AccessUnit extends Pick<Frame, "sequence" | "capturedAt" | "kind"> {
  /**
   * Annex B: each NAL unit behind the start code 00 00 00 01 (always the long one). A keyframe begins with its SPS
   * and PPS.
   */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether a decoder can begin here. Any other unit can be decoded only if none since the last keyframe is missing. */
  readonly isKey: boolean;
  /** Of the picture, in pixels. */
  readonly size: FrameSize;
}
