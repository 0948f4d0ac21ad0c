/** The frame: a gray picture with its time and number. It flows through both programs. */

import type { FrameSize } from "./frame_size.ts";

/** A gray picture. After fan-out all readers share a frame, and it is read-only. */
export interface Frame extends FrameSize {
  /** `width*height` bytes, row-major, without padding, one byte per pixel, 0 = black. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Counts the captured frames of the stream from 0. */
  readonly sequence: number;
  /** When the frame was complete, in milliseconds since the Unix epoch, fractional. */
  readonly capturedAt: number;
  /**
   * A placeholder says NO SIGNAL or WAITING while there is nothing to capture. It is shown, but not recorded
   * or processed, and has the number of the next captured frame. Undefined: a captured frame.
   */
  readonly kind?: "placeholder" | undefined;
}
