/** The interface of all wire readers. */

import type { AccessUnit } from "../frame/access_unit.ts";
import type { Ending } from "../frame/latest.ts";

/** One frame as it came over the wire. */
export interface WireFrame {
  /** The pixels, the JPEG or the access unit; the buffer belongs to the caller of `take`. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** Its number and times; undefined on a wire without them. */
  readonly note: FrameNote | undefined;
}

/** What y4m, mjpeg and h264 say about a frame. */
export interface FrameNote {
  /** Counts the captured frames from 0. */
  readonly sequence: number;
  /** When it was captured, in milliseconds since the Unix epoch on the server's clock, fractional. */
  readonly capturedAt: number;
  /** The last acknowledgement that the server had read, and when; undefined if there was none. */
  readonly ack: AckNote | undefined;
  /** Whether it is a NO SIGNAL picture, not a captured frame. */
  readonly placeholder: boolean;
  /** Of an access unit, on h264 alone. */
  readonly unit?: Pick<AccessUnit, "isKey" | "size"> | undefined;
  /** When the note was read, on the reader's clock. */
  readonly readAt: number;
}

/** When an acknowledgement reached the server. */
export interface AckNote {
  /** Which: the one of the answer line is 0, that of the n-th frame is n. */
  readonly count: number;
  /** Milliseconds since the Unix epoch on the server's clock, fractional. */
  readonly at: number;
}

/**
 * Cuts a stream into frames: `conn.read` writes into `space`, `filled` takes the number of bytes, `take`
 * returns the complete frames. Throws a `WireError` if the bytes are not valid.
 */
export interface WireReader {
  /** Where the next bytes go, never empty. */
  readonly space: Uint8Array<ArrayBuffer>;
  /** How many bytes of the next frame have come. */
  readonly partial: number;
  /** How many bytes the next frame has in total, if known. */
  readonly wireBytes: number;
  /** Why no more frames come; undefined before the server says so. */
  readonly ending: Ending | undefined;
  /** Takes note of `count` bytes in `space`; `now` is the time on the reader's clock. */
  filled(count: number, now: number): void;
  /** The next whole frame; undefined if more bytes are needed. */
  take(): WireFrame | undefined;
}
