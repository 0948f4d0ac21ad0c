/** How a session writes what it sends: one outlet a wire. Frames in, pieces of bytes out. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import { formatMjpegEnd, MJPEG_PREAMBLE, writeMjpegPart } from "../wire/mjpeg.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import { formatY4mEnd, formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";
import type { Jpeg } from "./jpeg_encoder.ts";

/** Where a session's frames come from, and how they are written. */
export interface Muxer<T> {
  readonly feed: Latest<T>;
  /** What stands before the first frame; may be empty. */
  readonly preamble: Uint8Array;
  /** Whether it marks placeholder frames as such. */
  readonly marks: boolean;
  /** What is sent where no more frames come; may be empty. */
  farewell(ending: Ending): Uint8Array;
  /** The pieces of one frame, in order. `ack`: the client's last acknowledgement, if it sends them. */
  pieces(value: T, ack: AckNote | undefined): Uint8Array[];
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** The tutorial's wire: pixels alone. */
export function rawMuxer(feed: Latest<Frame>): Muxer<Frame> {
  return {
    feed,
    preamble: NOTHING,
    marks: false,
    farewell: () => NOTHING,
    pieces: ({ pixels }) => [pixels],
  };
}

/** `numbered`: with sequence and times, for a client that spoke; else as the format's plain lines. */
export function y4mMuxer(
  feed: Latest<Frame>,
  { size, fps, numbered }: { size: FrameSize; fps: number | undefined; numbered: boolean },
): Muxer<Frame> {
  return {
    feed,
    preamble: encoder.encode(formatY4mHeader(size, { fps })),
    marks: numbered,
    farewell: (ending) => numbered ? encoder.encode(formatY4mEnd(ending)) : NOTHING,
    pieces: (frame, ack) => [
      encoder.encode(formatY4mFrame(numbered ? { ...frame, ack } : undefined)),
      frame.pixels,
    ],
  };
}

/** `spoken`: the client knows the word for the end. */
export function mjpegMuxer(feed: Latest<Jpeg>, { spoken }: { spoken: boolean }): Muxer<Jpeg> {
  return {
    feed,
    preamble: encoder.encode(MJPEG_PREAMBLE),
    marks: spoken,
    farewell: (ending) => spoken ? encoder.encode(formatMjpegEnd(ending)) : NOTHING,
    // One piece: a JPEG is small, and its copy is cheaper than two more writes.
    pieces: (jpeg, ack) => [writeMjpegPart(jpeg.bytes, { ...jpeg, ack })],
  };
}
