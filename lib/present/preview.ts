/** The server's window. */

import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import type { Stream } from "../stream/stream.ts";
import { Window } from "./window.ts";

/** Opens the window of a stream. Throws a `Failure` if ffplay or a screen is missing. */
export function openPreview(
  stream: Pick<Stream, "name" | "format"> | undefined,
): Window | undefined {
  return stream && new Window(stream.format, { title: stream.name });
}

/**
 * Shows the frames until they end or on abort. Calls `stop` when the user closes the window. A window that
 * can't be opened, or is lost, is logged as a warning: the server continues without it.
 */
export async function showPreview(
  window: Pick<Window, "run">,
  stream: Pick<Stream, "frames" | "subscribe">,
  { signal, stop, log }: { signal: AbortSignal; stop: () => void; log: Log },
): Promise<void> {
  try {
    await window.run(stream, { signal });
    if (!stream.frames.isEnded) stop();
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    log.warn(`${thrown.message}; the server continues without its preview`);
  }
}
