/** How a session writes frames: one muxer a wire. Frames in, pieces of bytes out. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import { formatMjpegEnd, MJPEG_PREAMBLE, writeMjpegPart } from "../wire/mjpeg.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import { formatY4mEnd, formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";
import type { Jpeg } from "./jpeg_encoder.ts";

/** Where a session's frames come from, and how they are written. */
export interface Muxer<T> {
  readonly frames: Latest<T>;
  /** The bytes before the first frame; may be empty. */
  readonly header: Uint8Array;
  /** Whether placeholder frames are marked as such. */
  readonly marks: boolean;
  /** The bytes after the last frame; may be empty. */
  trailer(ending: Ending): Uint8Array;
  /** The pieces of one frame, in order. `ack`: the client's last acknowledgement, if it sends them. */
  pieces(frame: T, ack: AckNote | undefined): Uint8Array[];
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array();

/** The tutorial's wire: pixels only. */
export function rawMuxer(frames: Latest<Frame>): Muxer<Frame> {
  return {
    frames,
    header: NOTHING,
    marks: false,
    trailer: () => NOTHING,
    pieces: ({ pixels }) => [pixels],
  };
}

/** `numbered`: each frame's line has its sequence and times, for a client with a greeting. */
export function y4mMuxer(
  frames: Latest<Frame>,
  { size, fps, numbered }: { size: FrameSize; fps: number | undefined; numbered: boolean },
): Muxer<Frame> {
  return {
    frames,
    header: encoder.encode(formatY4mHeader(size, { fps })),
    marks: numbered,
    trailer: (ending) => numbered ? encoder.encode(formatY4mEnd(ending)) : NOTHING,
    pieces: (frame, ack) => [
      encoder.encode(formatY4mFrame(numbered ? { ...frame, ack } : undefined)),
      frame.pixels,
    ],
  };
}

/** `spoken`: the client sent a greeting, and so knows the trailer. */
export function mjpegMuxer(frames: Latest<Jpeg>, { spoken }: { spoken: boolean }): Muxer<Jpeg> {
  return {
    frames,
    header: encoder.encode(MJPEG_PREAMBLE),
    marks: spoken,
    trailer: (ending) => spoken ? encoder.encode(formatMjpegEnd(ending)) : NOTHING,
    // One piece: a JPEG is small, and its copy is cheaper than two more writes.
    pieces: (jpeg, ack) => [writeMjpegPart(jpeg.bytes, { ...jpeg, ack })],
  };
}
