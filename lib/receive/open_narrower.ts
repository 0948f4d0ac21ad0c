/** A stream that needs less of the link, in place of one that the link does not carry. */

import { wallClock } from "../frame/clock.ts";
import { messageOf } from "../log/failure.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Shortage } from "./link_watch.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

/** Opens an mjpeg stream; undefined where the server gives none. Throws the signal's reason on abort. */
export async function openNarrower(
  options: ReceiverOptions,
  shortage: Shortage,
  { size, signal }: { size: FrameSize; signal: AbortSignal },
): Promise<OpenStream | undefined> {
  const { log, stall } = options;
  const [carried, captured] = [shortage.carried, shortage.captured].map((fps) => fps.toFixed(1));
  const found = `the link carries ${carried} of ${captured} frames a second`;
  try {
    const request = { ...options, wire: "mjpeg", size, patience: stall } as const;
    const stream = await openStream(request, { signal, now: wallClock });
    log.info(`${found}: switching to mjpeg (--wire y4m keeps every pixel)`);
    return stream;
  } catch (thrown) {
    signal.throwIfAborted();
    log.warn(`${found}, and the server gives no mjpeg: ${messageOf(thrown)}`);
    return undefined;
  }
}
