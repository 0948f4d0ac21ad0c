/** What flows through both programs: one gray picture and where it comes from in the stream. */

import type { FrameSize } from "./frame_size.ts";

/**
 * A gray picture. After fan-out a frame is shared by all its readers, and read-only.
 */
export interface Frame extends FrameSize {
  /** `width*height` bytes, row-major, rows tight, one byte a pixel, 0 = black. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** Counts the captured frames of the stream from 0. */
  readonly sequence: number;
  /** When the frame was whole, in milliseconds since the Unix epoch, fractional. */
  readonly capturedAt: number;
  /**
   * A placeholder says NO SIGNAL or WAITING while there is nothing to capture: it is shown, not recorded
   * or processed, and has the number of the captured frame that comes next. Undefined: a captured frame.
   */
  readonly kind?: "placeholder" | undefined;
}
