/** Who does the work of a detector: pictures in, reports out, in Workers of its own. */

import type { Report } from "../frame/detection.ts";
import type { FrameFormat } from "../frame/frame_format.ts";

export interface DetectorCrew {
  /** Fulfilled when it can work; rejected with an `Error` for the user if it cannot start. */
  readonly ready: Promise<void>;
  /** The format of the frames that it takes. */
  readonly format: FrameFormat;
  /** How many frames it can work on at a time. */
  readonly places: number;
  /**
   * Detects things in a frame's bytes, whose buffer is transferred. `interval`: milliseconds between two frames of the
   * stream, if known. Rejects with an `Error` for the user if the frame fails, and keeps working.
   */
  detect(pixels: Uint8Array<ArrayBuffer>, interval: number | undefined): Promise<Report>;
  /** Whether it will never work again. */
  readonly hasEnded: boolean;
  /** Ends the Workers. */
  close(): void;
}
