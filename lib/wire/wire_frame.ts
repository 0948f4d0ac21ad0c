/** What the readers of the wires have in common. */

import type { Ending } from "../frame/latest.ts";

/** One frame as it stood on the wire. */
export interface WireFrame {
  /** The pixels, or the JPEG; the buffer is the taker's. */
  readonly payload: Uint8Array<ArrayBuffer>;
  /** What the server says of it; undefined on a wire that has no place for it. */
  readonly note: FrameNote | undefined;
}

/** What stands beside a frame on a wire that has a place for it. */
export interface FrameNote {
  /** Counts the captured frames from 0. */
  readonly sequence: number;
  /** When it was captured, in milliseconds since the Unix epoch on the server's clock, fractional. */
  readonly capturedAt: number;
  /** The last acknowledgement that the server had read, and when; undefined where there was none. */
  readonly ack: AckNote | undefined;
  /** Whether it is no captured frame, but a picture that says NO SIGNAL. */
  readonly placeholder: boolean;
  /** When the note had been read, on the reader's clock. */
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
 * Cuts a stream into frames: `conn.read` writes into `space`, `filled` says how far it came, `take`
 * gives the frames that are whole. Throws a `WireError` where the bytes are not the wire's.
 */
export interface WireReader {
  /** Where the next bytes go, never empty. */
  readonly space: Uint8Array<ArrayBuffer>;
  /** How many bytes of the frame under way have come. */
  readonly partial: number;
  /** How many bytes the frame under way has in all, as far as it is known. */
  readonly wireBytes: number;
  /** Why no more frames come, where the server has said so. */
  readonly ending: Ending | undefined;
  /** Takes note of `count` bytes in `space`; `now` is the time on the reader's clock. */
  filled(count: number, now: number): void;
  /** The next whole frame; undefined where more bytes are needed. */
  take(): WireFrame | undefined;
}
