/** Reads one connection: wire frames out, acknowledgements back. */

import type { Clock } from "../async/clock.ts";
import { Failure } from "../log/failure.ts";
import type { WireFrame } from "../wire/wire_frame.ts";
import { Acknowledger } from "./acknowledger.ts";
import type { AgeGauge } from "./age_gauge.ts";
import { ConnectionGuard } from "./connection_guard.ts";
import { LinkWatch, type Shortage } from "./link_watch.ts";
import { Narrowing } from "./narrowing.ts";
import type { OpenStream } from "./open_stream.ts";
import type { ReceiverOptions } from "./receiver_options.ts";
import { formatShear, ShearWatch } from "./shear_watch.ts";
import { StallWatch } from "./stall_watch.ts";
import { brokenOff, failureOfEnd } from "./stream_end.ts";

/** Of a slow stream so many frames must be missing before its server is lost. */
const MISSING_FRAMES = 3;

export interface ReadingOptions {
  readonly options: ReceiverOptions;
  readonly clock: Clock;
  /** The clock of frames. */
  readonly wallClock: () => number;
  readonly ages: AgeGauge;
  /** Whole frames so far, on all connections: for messages. */
  readonly frames: () => number;
  /** Opens a stream that needs less of the link; undefined: the wire stays. It is called once. */
  readonly openNarrower:
    | ((shortage: Shortage, signal: AbortSignal) => Promise<OpenStream | undefined>)
    | undefined;
  readonly signal: AbortSignal;
}

/**
 * Reads `stream` until it is over, or on abort, and closes its connection. Yields its frames; the caller
 * owns their buffers. Yields `move`, last, if another stream is open and takes its place. Throws a `Failure`
 * if the stream breaks off, stalls or is damaged.
 */
export async function* readStream(
  stream: OpenStream,
  { options, clock, wallClock, ages, frames, openNarrower, signal }: ReadingOptions,
): AsyncGenerator<WireFrame | { readonly move: OpenStream }, void> {
  const { conn, reader, format, fps, isForeign, lossless = false } = stream;
  using _guard = new ConnectionGuard(conn, { signal, clock });
  using _conn = { [Symbol.dispose]: () => conn.close() };
  const limitMs = stallLimit(options.stall, fps);
  using stall = new StallWatch({ limitMs, onStall: () => conn.close(), clock });
  const acknowledger = isForeign ? undefined : new Acknowledger(conn);
  const link = new LinkWatch({ fps, now: clock.now() });
  const shear = needsShearWatch(stream, options) ? new ShearWatch(format) : undefined;
  await using narrowing = new Narrowing(signal);
  let mayMove = openNarrower !== undefined;
  /** Acknowledgements that are kept back: while another stream is opened, the link is to become free for it. */
  let held = 0;
  const acknowledge = () => {
    ages.acknowledged(wallClock());
    acknowledger?.acknowledge();
  };
  let reading: Promise<number | null> | undefined;
  let { rest } = stream;
  /** Bytes of the frame that is being read, and of its head. */
  let come = 0;
  try {
    for (;;) {
      for (let taken; (taken = reader.take());) {
        if (narrowing.isOpening) held++;
        else if (acknowledger) acknowledge();
        come = reader.partial;
        stall.whole();
        if (taken.note && !taken.note.placeholder) link.frame(taken.note.sequence);
        const found = shear?.add(taken.payload);
        if (found) options.log.warn(formatShear(found, options));
        yield taken;
      }
      if (reader.ending) break;
      if (rest.length > 0) {
        const piece = rest.subarray(0, reader.space.length);
        reader.space.set(piece);
        reader.filled(piece.length, wallClock());
        rest = rest.subarray(piece.length);
        continue;
      }
      stall.progress({ come, all: reader.partial > 0 ? reader.wireBytes : 0 });
      // Between two frames a foreign server may have nothing to send, for however long; a lossless one waits for
      // other clients.
      stall.begin({ due: reader.partial > 0 || !(isForeign || lossless) });
      reading ??= conn.read(reader.space);
      const came = await narrowing.first(reading);
      link.waited(stall.end());
      if ("move" in came) {
        if (came.move) {
          reading.catch(() => {}); // the connection is closed now
          yield { move: came.move };
          return;
        }
        for (; held > 0; held--) acknowledge();
        continue;
      }
      reading = undefined;
      const { count } = came;
      if (count === null) break;
      come += count;
      reader.filled(count, wallClock());
      if (!mayMove) continue;
      const shortage = link.shortage(clock.now(), { midFrame: reader.partial > 0 });
      if (!shortage || !openNarrower) continue;
      mayMove = false;
      narrowing.begin((signal) => openNarrower(shortage, signal));
    }
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const isEnd = signal.aborted || stall.why !== undefined ||
      thrown instanceof Deno.errors.ConnectionReset;
    if (!isEnd) throw brokenOff(thrown, frames());
  }
  if (signal.aborted) return;
  const failure = failureOfEnd({ stream, frames: frames(), stall: stall.why, address: options });
  if (failure) throw failure;
}

/** How long a server may send nothing, in milliseconds. */
function stallLimit(seconds: number, fps: number | undefined): number {
  return 1000 * (fps ? Math.max(seconds, MISSING_FRAMES / fps) : seconds);
}

/** Whether only the user knows how the rows are to be cut. */
function needsShearWatch({ isForeign, wire }: OpenStream, options: ReceiverOptions): boolean {
  return isForeign && wire === "raw" && options.stride === undefined && options.size !== "auto";
}
