/** Frames from a connection: the tutorial's `recv` loop, which collects partial packets into frames. */

import { wallClock } from "../frame/clock.ts";
import { Failure, messageOf } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import { RawReader } from "../wire/raw.ts";

/** How often a stream is looked at for a stall, in milliseconds. */
const STALL_CHECK = 500;

export interface ReceiveOptions {
  /** The size of the frames; a raw stream does not tell. */
  readonly size: FrameSize;
  /** Bytes from one row's start to the next, where rows are padded. */
  readonly stride?: number | undefined;
  /** Seconds without a byte, in the middle of a frame, after which the server is given up. */
  readonly stall: number;
  readonly signal: AbortSignal;
}

/**
 * Reads whole frames until the server closes between two of them, or on abort. Each frame's buffer
 * belongs to the caller. Throws a `Failure` where the stream ends in the middle of a frame, stalls
 * there, or ends before the first. Closes the connection in every case.
 */
export async function* receiveFrames(
  conn: Deno.TcpConn,
  { size, stride, stall, signal }: ReceiveOptions,
): AsyncGenerator<Frame> {
  const reader = new RawReader(size, { stride });
  let sequence = 0;
  let movedAt = performance.now();
  let stalled = false;
  let closed = false;
  const close = () => {
    if (!closed) conn.close();
    closed = true;
  };
  const check = setInterval(() => {
    stalled = reader.partial > 0 && performance.now() - movedAt > stall * 1000;
    if (stalled) close();
  }, STALL_CHECK);
  signal.addEventListener("abort", close, { once: true });
  try {
    while (!signal.aborted) {
      const count = await conn.read(reader.space);
      if (count === null) break;
      movedAt = performance.now();
      const pixels = reader.filled(count);
      if (pixels) yield { ...size, pixels, sequence: sequence++, capturedAt: wallClock() };
    }
  } catch (thrown) {
    if (!closed && !(thrown instanceof Deno.errors.ConnectionReset)) {
      throw new Failure(
        `The stream broke off after ${sequence} frames: ${messageOf(thrown)}`,
        "check the network and the server",
        { cause: thrown },
      );
    }
  } finally {
    clearInterval(check);
    signal.removeEventListener("abort", close);
    close();
  }
  if (!signal.aborted) judgeEnd(reader, { sequence, stalled, size, stall });
}

/** Throws a `Failure` where the stream did not end between two frames. */
function judgeEnd(
  reader: RawReader,
  { sequence, stalled, size, stall }: {
    sequence: number;
    stalled: boolean;
    size: FrameSize;
    stall: number;
  },
): void {
  const { partial, wireBytes } = reader;
  if (partial > 0) {
    const cut = `frame ${sequence} was cut at ${partial} of ${wireBytes} bytes`;
    const why = stalled ? `nothing came for ${stall} s` : "the server closed the connection";
    throw new Failure(
      `The stream broke off: ${why}, ${cut}`,
      `check the server, and that its frames are ${formatFrameSize(size)}`,
    );
  }
  if (sequence === 0) {
    throw new Failure(
      "The server closed the connection before the first frame",
      "it may serve as many clients as it allows (--max-clients), or have ended: see what it says",
    );
  }
}
