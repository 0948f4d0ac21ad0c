/** The first stream of a receiver: it says what it waits for, and what it has found. */

import { pause } from "../async/aborted.ts";
import { wallClock } from "../frame/clock.ts";
import type { Failure } from "../log/failure.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { formatServer, NotReady } from "./connect.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

/** How long after one try the next one comes, in milliseconds. */
const INTERVAL = 1000;

/** What a try may take at least, and at most, in milliseconds. */
const [LEAST, LONGEST] = [1000, 10_000];

/** After how long a server that has not begun is spoken of, in milliseconds. */
const SLOW_START = 2000;

/** Connects and learns the size. Throws a `Failure`, and the signal's reason on abort. */
export async function openFirst(
  options: ReceiverOptions,
  { signal }: { signal: AbortSignal },
): Promise<OpenStream> {
  const wire = options.wire === "auto" ? "y4m" : options.wire;
  const { log, waitForServer = 0 } = options;
  const server = formatServer(options);
  let isWaiting = false;
  const slow = setTimeout(() => isWaiting || log.info(`waiting for ${server}`), SLOW_START);
  // One that knows its size waits for the first frame for as long as it takes.
  const awaitsFirst = options.size !== undefined;
  const request = { ...options, wire, patience: options.stall, awaitsFirst };
  const open = (connectPatience?: number) =>
    openStream({ ...request, ...(connectPatience && { connectPatience }) }, {
      ...{ signal, now: wallClock },
    });
  let stream;
  try {
    stream = await retry(open, {
      ...{ seconds: waitForServer, signal },
      onWait: ({ message }) => {
        isWaiting = true;
        log.info(`waiting for ${server} (${reason(message)}); Ctrl-C ends`);
      },
    });
  } finally {
    clearTimeout(slow);
  }
  if (wire && stream.answeredAt === undefined) {
    const found = options.size === "auto" ? ", as it looks" : "";
    const size = formatFrameSize(stream.size);
    log.info(`the server does not speak: ${stream.wire} ${size}${found}`);
  }
  return stream;
}

/**
 * Tries until it succeeds, for so many seconds, where it fails because the server is not ready. `open` is
 * told how long connecting may take, in ms; undefined: as long as it does. Calls `onWait` once, when the
 * waiting begins. Throws the last failure when the time is over, and the signal's reason on abort.
 */
export async function retry<T>(
  open: (patience: number | undefined) => Promise<T>,
  { seconds, interval = INTERVAL, onWait, signal }: {
    seconds: number;
    interval?: number;
    onWait: (failure: Failure) => void;
    signal: AbortSignal;
  },
): Promise<T> {
  const end = performance.now() + 1000 * seconds;
  for (let tries = 0;; tries++) {
    // The last try, at the end, has its second.
    const left = Math.max(LEAST, end - performance.now());
    try {
      return await open(left < LONGEST && seconds > 0 ? left : undefined);
    } catch (thrown) {
      signal.throwIfAborted();
      const remaining = end - performance.now();
      if (!(thrown instanceof NotReady) || remaining <= 0) throw thrown;
      if (tries === 0) onWait(thrown);
      await pause(Math.min(interval, remaining), signal);
      signal.throwIfAborted();
    }
  }
}

/** What a message says behind its first colon. */
function reason(message: string): string {
  return message.replace(/^[^:]*: /, "");
}
