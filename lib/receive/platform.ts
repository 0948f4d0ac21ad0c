/** What the receiver uses of the platform: connections, time and decoders. Tests bring their own. */

import { type Clock, steadyClock } from "../async/clock.ts";
import { wallClock } from "../frame/clock.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { connect, type ServerAddress } from "./connect.ts";
import type { Connection } from "./connection.ts";
import type { WireFrame } from "../wire/wire_frame.ts";
import { JpegDecoder } from "./jpeg_decoder.ts";
import { UnitDecoder } from "./unit_decoder.ts";

/** Turns JPEGs, or H.264 access units, into pixels. */
export interface Decoder extends AsyncDisposable {
  /**
   * The pixels of what came; the buffer is the caller's. Undefined: there is no picture, since this unit or one that it
   * needs is damaged. One call at a time. Throws a `Failure`.
   */
  decode(frame: WireFrame): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export interface Platform {
  /** For durations and timers. */
  readonly clock: Clock;
  /** The clock of frames: milliseconds since the Unix epoch, fractional. */
  wallClock(): number;
  /** Connects within `limitMs`. Throws a `Failure`, and the signal's reason on abort. */
  connect(
    address: ServerAddress,
    control: { signal: AbortSignal; limitMs: number | undefined },
  ): Promise<Connection>;
  /** A decoder from JPEGs or access units to frames of `format`. Throws a `Failure` if it cannot start. */
  createDecoder(wire: "mjpeg" | "h264", format: FrameFormat): Decoder;
}

/** Deno's sockets, the system's clocks, and ffmpeg. */
export const systemPlatform: Platform = {
  clock: steadyClock,
  wallClock,
  connect,
  createDecoder: (wire, format) =>
    wire === "h264" ? new UnitDecoder(format) : new JpegDecoder(format),
};
