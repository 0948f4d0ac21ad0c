/** Opens the stream of a server that is lost again, for as long as it takes. */

import { formatDuration } from "../log/format_duration.ts";
import { pause } from "../async/aborted.ts";
import type { Backoff } from "../async/backoff.ts";
import { hasColor } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import { Failure } from "../log/failure.ts";
import { formatServer, NoListener } from "./connect.ts";
import { type OpenStream, openStream, type StreamRequest } from "./open_stream.ts";
import type { Platform } from "./platform.ts";
import type { Outage } from "../frame/outage.ts";
import type { ReceiverOptions } from "./receiver_options.ts";
import { SizesDiffer } from "./sizes_differ.ts";
import { NoSuchWire, serverEnded, StreamLoop } from "./stream_end.ts";

/**
 * For how long a foreign server that is lost may refuse connections, in milliseconds. Its stream has no
 * word for its end, so that a program that has ended looks like one that restarts.
 */
const FOREIGN_RESTART_MS = 5000;

/** A chain of servers that leads back to this one changes only when somebody changes it. In milliseconds. */
const LOOP_RETRY_MS = 60_000;

/** A connection that has ended. */
export interface LostStream {
  readonly stream: OpenStream;
  /** Why it is lost; undefined if it ended well. */
  readonly failure: Failure | undefined;
  /** Whole frames so far, on all connections. */
  readonly frames: number;
  /** Whether the server was not there at the start. */
  readonly isAbsent?: boolean;
}

/**
 * Whether to connect again. Not if the server has said that the stream is over, and not if a foreign
 * server, which cannot say it, never sent a frame or ended well. The raw wire of our own server cannot say
 * it either: its good end may be a loss, which `reconnect` tries once.
 */
export function mayReturn(
  { stream, failure, frames }: LostStream,
  { reconnect, asCamera = false }: ReceiverOptions,
): boolean {
  const { ending } = stream.reader;
  if (!reconnect || ending === "over" || ending === "removed" && !asCamera) return false;
  return !stream.isForeign || (failure !== undefined && frames > 0);
}

/**
 * Waits until the server is there again. Undefined on abort, and if a stream that ended well is not there
 * at once. Throws a `Failure` if the server has come back with another stream, or is a foreign one that no
 * longer listens.
 */
export async function reconnect(
  lost: LostStream,
  { options, platform, backoff, onOutage, signal }: {
    options: ReceiverOptions;
    platform: Platform;
    backoff: Backoff;
    /** Called with the outage, and again whenever its reason changes. */
    onOutage: (outage: Outage) => void;
    signal: AbortSignal;
  },
): Promise<OpenStream | undefined> {
  const { log, waitForServer = 0 } = options;
  const { clock } = platform;
  const { failure, stream: { isForeign, wire, format } } = lost;
  const server = formatServer(options);
  const why = failure?.message ?? "it closed the connection";
  const [since, lostAt] = [new Date(), clock.now()];
  onOutage({ since, why });
  if (failure) {
    log.warn(lost.isAbsent ? `${why}; retrying` : `lost ${server}: ${why}; retrying`);
    options.onOutage?.("lost", why);
  } else log.debug(`${server} closed the connection; trying once whether it is still there`);
  let request: StreamRequest = {
    ...{ ...options, size: options.asCamera ? undefined : format },
    wire: isForeign && wire === "raw" ? undefined : wire,
    isKnown: !isForeign && !lost.isAbsent,
  };
  const refusalLimit = Math.max(FOREIGN_RESTART_MS, 1000 * waitForServer);
  let refusedSince: number | undefined;
  let isLoop = failure instanceof StreamLoop;
  if (isLoop) await pause(LOOP_RETRY_MS, signal, clock);
  for (;;) {
    await backoff.wait(signal);
    if (signal.aborted) return undefined;
    try {
      const stream = await openStream(request, { signal, platform });
      const outage = formatDuration(Math.round((clock.now() - lostAt) / 1000));
      log.info(`${server} is back after ${outage}`);
      if (options.pixels === "yuv420p" && !hasColor(stream.format)) {
        log.warn(`${server} has no colors any more: its pictures are gray`);
      }
      if (failure) options.onOutage?.("back", `after ${outage}`);
      return stream;
    } catch (thrown) {
      if (signal.aborted) return undefined;
      if (thrown instanceof SizesDiffer) throw sizeChanged(format, thrown);
      if (!(thrown instanceof Failure)) throw thrown;
      log.debug(`${server}: ${thrown.message}`);
      if (!failure) return undefined;
      // The server has come back without H.264.
      if (thrown instanceof NoSuchWire && options.wire === "auto") {
        request = { ...request, wire: "mjpeg" };
      }
      onOutage({ since, why: thrown.message });
      if (thrown instanceof StreamLoop) {
        if (!isLoop) log.warn(`${server}: ${thrown.message}; trying again each minute`);
        isLoop = true;
        await pause(LOOP_RETRY_MS, signal, clock);
        continue;
      }
      refusedSince = thrown instanceof NoListener ? refusedSince ?? clock.now() : undefined;
      if (!isForeign || refusedSince === undefined) continue;
      if (clock.now() - refusedSince >= refusalLimit) throw serverEnded(failure);
    }
  }
}

function sizeChanged(was: FrameSize, { has }: SizesDiffer): Failure {
  const [before, now] = [was, has].map(formatFrameSize);
  return new Failure(
    `The server came back with another size: ${now}, it was ${before}`,
    "start the client again",
  );
}
