/** How a session writes frames: one muxer a wire. Frames in, pieces of bytes out. */

import { type Frame, grayPixels } from "../frame/frame.ts";
import { type FrameFormat, hasColor } from "../frame/frame_format.ts";
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

/** The pixels of a frame for a client that gets `format`: all of them, or the gray plane alone. Never a copy. */
function pixelsFor(format: FrameFormat): (frame: Frame) => Uint8Array {
  return hasColor(format) ? ({ pixels }) => pixels : grayPixels;
}

/** The tutorial's wire: pixels only. */
export function rawMuxer(
  frames: Latest<Frame>,
  { format }: { format: FrameFormat },
): Muxer<Frame> {
  const pixels = pixelsFor(format);
  return {
    frames,
    header: NOTHING,
    marks: false,
    trailer: () => NOTHING,
    pieces: (frame) => [pixels(frame)],
  };
}

/** `numbered`: each frame's line has its sequence and times, for a client with a greeting. */
export function y4mMuxer(
  frames: Latest<Frame>,
  { format, fps, numbered }: { format: FrameFormat; fps: number | undefined; numbered: boolean },
): Muxer<Frame> {
  const pixels = pixelsFor(format);
  return {
    frames,
    header: encoder.encode(formatY4mHeader(format, { fps })),
    marks: numbered,
    trailer: (ending) => numbered ? encoder.encode(formatY4mEnd(ending)) : NOTHING,
    pieces: (frame, ack) => [
      encoder.encode(formatY4mFrame(numbered ? { ...frame, ack } : undefined)),
      pixels(frame),
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
