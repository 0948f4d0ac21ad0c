/** What `/state` says: how the stream is, and who watches. */

import { wallClock } from "../../frame/clock.ts";
import type { Stream, StreamStatus } from "../../stream/stream.ts";
import type { RecordingState } from "./recordings.ts";
import type { Shown } from "./web_context.ts";

export interface State extends StreamStatus {
  /** How many clients of all kinds are being served. */
  readonly clients: number;
  /** Since when the source is away, and why; null while it is there. */
  readonly lost: { readonly since: string; readonly why: string } | null;
  /** Since when the source is outside its hours, and until when; null in them, and without. */
  readonly closed: { readonly since: string; readonly until: string | null } | null;
  /** By the clock of the frames, in milliseconds since the Unix epoch. */
  readonly time: number;
  /** Recordings from the page; undefined where there are none. */
  readonly recording?: RecordingState;
}

/** A field of `StreamStatus` is a field of `/state`: nothing has to be added here. */
export function stateOf(
  stream: Pick<Stream, "status" | "outage" | "closure">,
  clients: number,
  recording?: RecordingState,
): State {
  const status = stream.status();
  const outage = stream.outage();
  const closure = stream.closure?.();
  return {
    ...status,
    fps: rounded(status.fps),
    processed: status.processed === null ? null : rounded(status.processed),
    clients,
    lost: outage ? { since: outage.since.toISOString(), why: outage.why } : null,
    closed: closure
      ? { since: closure.since.toISOString(), until: closure.until?.toISOString() ?? null }
      : null,
    time: wallClock(),
    ...(recording && { recording }),
  };
}

/** The state of a stream that is on the pages. */
export function stateOfShown(
  { published, figures, recording }: Pick<Shown, "published" | "figures" | "recording">,
): State {
  return stateOf(published.stream, figures.clients(), recording?.());
}

/** To a tenth. */
function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
