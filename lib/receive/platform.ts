/** What the receiver uses of the platform: connections, time and decoders. Tests bring their own. */

import { type Clock, steadyClock } from "../async/clock.ts";
import { wallClock } from "../frame/clock.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { connect, type ServerAddress } from "./connect.ts";
import type { Connection } from "./connection.ts";
import { JpegDecoder } from "./jpeg_decoder.ts";

/** Turns JPEGs into pixels. */
export interface Decoder extends AsyncDisposable {
  /** The pixels of a whole JPEG; the buffer is the caller's. One call at a time. Throws a `Failure`. */
  decode(jpeg: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
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
  /** A decoder from JPEGs to frames of `format`. Throws a `Failure` if it cannot start. */
  createDecoder(format: FrameFormat): Decoder;
}

/** Deno's sockets, the system's clocks, and ffmpeg. */
export const systemPlatform: Platform = {
  clock: steadyClock,
  wallClock,
  connect,
  createDecoder: (format) => new JpegDecoder(format),
};
