/** Opens a stream that needs less of the link, in place of one that the link cannot carry. */

import { messageOf } from "../log/failure.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { Shortage } from "./link_watch.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { Platform } from "./platform.ts";
import type { ReceiverOptions } from "./receiver_options.ts";

/** Opens an mjpeg stream; undefined if the server has none. Throws the signal's reason on abort. */
export async function openNarrower(
  options: ReceiverOptions,
  shortage: Shortage,
  { format, platform, signal }: { format: FrameFormat; platform: Platform; signal: AbortSignal },
): Promise<OpenStream | undefined> {
  const { log } = options;
  const [carried, captured] = [shortage.carried, shortage.captured].map((fps) => fps.toFixed(1));
  const found = `the link carries ${carried} of ${captured} frames a second`;
  try {
    const request = { ...options, wire: "mjpeg", size: format } as const;
    const stream = await openStream(request, { signal, platform });
    log.info(`${found}: switching to mjpeg (--wire y4m keeps every pixel)`);
    return stream;
  } catch (thrown) {
    signal.throwIfAborted();
    log.warn(`${found}, and the server offers no mjpeg: ${messageOf(thrown)}`);
    return undefined;
  }
}
