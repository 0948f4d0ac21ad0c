/** What a receiver has counted, for Prometheus. */

import type { Receiver } from "../receive/receiver.ts";
import { type Metric, single } from "../stats/metrics.ts";

export function receiverMetrics(
  { stats, reconnects, outage }: Pick<Receiver, "stats" | "reconnects" | "outage">,
): Metric[] {
  const { frames, skipped, bytes } = stats.total();
  return [
    single("counter", "framewire_received_frames_total", "Frames received.", frames),
    single(
      "counter",
      "framewire_missed_frames_total",
      "Frames that the server captured but this client did not receive.",
      skipped,
    ),
    single("counter", "framewire_received_bytes_total", "Bytes of pictures received.", bytes),
    single(
      "counter",
      "framewire_reconnects_total",
      "How often the client reconnected to the server.",
      reconnects,
    ),
    single("gauge", "framewire_source_up", "Whether the server is available.", outage ? 0 : 1),
  ];
}
