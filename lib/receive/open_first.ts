/** Opens the first stream of a receiver, and logs what it waits for and what it has found. */

import { pause } from "../async/aborted.ts";
import { type Clock, steadyClock } from "../async/clock.ts";
import type { Failure } from "../log/failure.ts";
import { formatFrameFormat } from "../frame/frame_format.ts";
import { formatServer, NotReady } from "./connect.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { Platform } from "./platform.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

/** How long after one try the next one comes, in milliseconds. */
const RETRY_MS = 1000;

/** What a try may take at least, and at most, in milliseconds. */
const [SHORTEST_TRY_MS, LONGEST_TRY_MS] = [1000, 10_000];

/** After this time the log says that the client still waits, in milliseconds. */
const SLOW_START_MS = 2000;

/** Connects and learns the size. Throws a `Failure`, and the signal's reason on abort. */
export async function openFirst(
  options: ReceiverOptions,
  { signal, platform }: { signal: AbortSignal; platform: Platform },
): Promise<OpenStream> {
  const { log, size, waitForServer = 0 } = options;
  const { clock } = platform;
  const wire = options.wire === "auto" ? "y4m" : options.wire;
  const server = formatServer(options);
  let isWaiting = false;
  using _slow = clock.after(SLOW_START_MS, () => isWaiting || log.info(`waiting for ${server}`));
  // A client that knows the size waits for the first frame for as long as it takes.
  const request = { ...options, wire, awaitsFirst: size !== undefined };
  const open = (connectLimitMs: number | undefined) =>
    openStream({ ...request, connectLimitMs }, { signal, platform });
  const stream = await retry(open, {
    ...{ seconds: waitForServer, signal, clock },
    onWait: ({ message }) => {
      isWaiting = true;
      log.info(`waiting for ${server} (${reasonOf(message)}); Ctrl-C ends`);
    },
  });
  if (wire && stream.isForeign) {
    const found = size === "auto" ? " (size detected)" : "";
    log.info(
      `the server sends no greeting: ${stream.wire} ${formatFrameFormat(stream.format)}${found}`,
    );
  }
  return stream;
}

/**
 * Tries for so many seconds until it succeeds, as long as the failure is that the server is not ready.
 * `open` gets the milliseconds that connecting may take; undefined: the usual time. Calls `onWait` once,
 * when the waiting begins. Throws the last failure when the time is over, and the signal's reason on abort.
 */
export async function retry<T>(
  open: (limitMs: number | undefined) => Promise<T>,
  { seconds, intervalMs = RETRY_MS, onWait, signal, clock = steadyClock }: {
    seconds: number;
    intervalMs?: number;
    onWait: (failure: Failure) => void;
    signal: AbortSignal;
    clock?: Clock;
  },
): Promise<T> {
  const end = clock.now() + 1000 * seconds;
  for (let tries = 0;; tries++) {
    // The last try, at the end, has its second.
    const left = Math.max(SHORTEST_TRY_MS, end - clock.now());
    try {
      return await open(left < LONGEST_TRY_MS && seconds > 0 ? left : undefined);
    } catch (thrown) {
      signal.throwIfAborted();
      const remaining = end - clock.now();
      if (!(thrown instanceof NotReady) || remaining <= 0) throw thrown;
      if (tries === 0) onWait(thrown);
      await pause(Math.min(intervalMs, remaining), signal, clock);
      signal.throwIfAborted();
    }
  }
}

/** The part of a message behind its first colon. */
function reasonOf(message: string): string {
  return message.replace(/^[^:]*: /, "");
}
