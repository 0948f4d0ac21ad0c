/** A frame as JPEG, from an encoder or as the camera gave it. */

import type { Frame } from "./frame.ts";

/** An encoded frame; shared and read-only. */
export interface Jpeg extends Pick<Frame, "sequence" | "capturedAt"> {
  /** A whole JPEG file. */
  readonly bytes: Uint8Array;
  readonly kind: Frame["kind"];
}
