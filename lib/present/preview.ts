/** The server's window. */

import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import type { Stream } from "../stream/stream.ts";
import type { Window } from "./window.ts";

/**
 * Shows the frames until they end or on abort. Calls `stop` where the user closes the window. A window that
 * can't be opened, or is lost, costs a warning: the server goes on without it.
 */
export async function showPreview(
  window: Pick<Window, "show">,
  stream: Pick<Stream, "frames" | "subscribe">,
  { signal, stop, log }: { signal: AbortSignal; stop: () => void; log: Log },
): Promise<void> {
  try {
    using _subscription = stream.subscribe();
    await window.show(stream.frames, { signal });
    if (!stream.frames.isEnded) stop();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    log.warn(`${thrown.message}; the server goes on without its preview`);
  }
}
