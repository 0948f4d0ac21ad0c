/** Opens a stream that needs less of the link, in place of one that the link cannot carry. */

import { messageOf } from "../log/failure.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { Shortage } from "./link_watch.ts";
import { type OpenStream, openStream } from "./open_stream.ts";
import type { Platform } from "./platform.ts";
import type { ReceiverOptions } from "./receiver_options.ts";
import { NoSuchWire } from "./stream_end.ts";

/** The wires that need less, the one that needs least first. */
const NARROWER = ["h264", "mjpeg"] as const;

/** Opens such a stream; undefined if the server has none. Throws the signal's reason on abort. */
export async function openNarrower(
  options: ReceiverOptions,
  shortage: Shortage,
  { format, platform, signal }: { format: FrameFormat; platform: Platform; signal: AbortSignal },
): Promise<OpenStream | undefined> {
  const { log } = options;
  const [carried, captured] = [shortage.carried, shortage.captured].map((fps) => fps.toFixed(1));
  const found = `the link carries ${carried} of ${captured} frames a second`;
  let why = "";
  for (const wire of NARROWER) {
    try {
      const stream = await openStream({ ...options, wire, size: format }, { signal, platform });
      log.info(`${found}: switching to ${wire} (--wire y4m keeps every pixel)`);
      return stream;
    } catch (thrown) {
      signal.throwIfAborted();
      why = messageOf(thrown);
      if (!(thrown instanceof NoSuchWire)) break;
    }
  }
  log.warn(`${found}, and the server offers no ${NARROWER.join(" and no ")}: ${why}`);
  return undefined;
}
