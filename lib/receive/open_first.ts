/** The first stream of a receiver: it says what it waits for, and what it has found. */

import { wallClock } from "../frame/clock.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { formatServer } from "./connect.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

/** After how long a server that has not begun is spoken of, in milliseconds. */
const SLOW_START = 2000;

/** Connects and learns the size. Throws a `Failure`, and the signal's reason on abort. */
export async function openFirst(
  options: ReceiverOptions,
  { signal }: { signal: AbortSignal },
): Promise<OpenStream> {
  const wire = options.wire === "auto" ? "y4m" : options.wire;
  const { log } = options;
  const slow = setTimeout(() => log.info(`waiting for ${formatServer(options)}`), SLOW_START);
  let stream;
  try {
    // One that knows its size waits for the first frame for as long as it takes.
    const awaitsFirst = options.size !== undefined;
    const request = { ...options, wire, patience: options.stall, awaitsFirst };
    stream = await openStream(request, { signal, now: wallClock });
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
