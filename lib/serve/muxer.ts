/** How a session writes frames: one muxer a wire. Frames in, pieces of bytes out. */

import type { AccessUnit } from "../frame/access_unit.ts";
import { type Frame, grayPixels } from "../frame/frame.ts";
import { type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { Jpeg } from "../frame/jpeg.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import { formatUnitHead, formatUnitsEnd } from "../wire/h264.ts";
import { formatMjpegEnd, MJPEG_PREAMBLE, writeMjpegPart } from "../wire/mjpeg.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import { formatY4mEnd, formatY4mFrame, formatY4mHeader } from "../wire/y4m.ts";

/** How frames are written. */
export interface Muxer<T> {
  /** The bytes before the first frame; may be empty. */
  readonly header: Uint8Array;
  /** Whether placeholder frames are marked as such. */
  readonly marks: boolean;
  /** The bytes after the last frame; may be empty. */
  trailer(ending: Ending): Uint8Array;
  /** The pieces of one frame, in order. `ack`: the client's last acknowledgement, if it sends them. */
  pieces(frame: T, ack: AckNote | undefined): Uint8Array[];
}

/** And where they come from. */
export interface FrameMuxer<T> extends Muxer<T> {
  readonly frames: Latest<T>;
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
): FrameMuxer<Frame> {
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
): FrameMuxer<Frame> {
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
export function mjpegMuxer(
  frames: Latest<Jpeg>,
  { spoken }: { spoken: boolean },
): FrameMuxer<Jpeg> {
  return {
    frames,
    header: encoder.encode(MJPEG_PREAMBLE),
    marks: spoken,
    trailer: (ending) => spoken ? encoder.encode(formatMjpegEnd(ending)) : NOTHING,
    // One piece: a JPEG is small, and its copy is cheaper than two more writes.
    pieces: (jpeg, ack) => [writeMjpegPart(jpeg.bytes, { ...jpeg, ack })],
  };
}

/** `spoken`: each unit has its line, for a client with a greeting; otherwise the units are a stream that players know. */
export function h264Muxer({ spoken }: { spoken: boolean }): Muxer<AccessUnit> {
  return {
    header: NOTHING,
    marks: spoken,
    trailer: (ending) => spoken ? encoder.encode(formatUnitsEnd(ending)) : NOTHING,
    pieces: (unit, ack) => [
      ...(spoken ? [encoder.encode(formatUnitHead(unit, { ack }))] : []),
      unit.bytes,
    ],
  };
}
