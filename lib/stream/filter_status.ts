/** The metrics of a stream's filters. */

import { type Metric, single } from "../stats/metrics.ts";
import type { Vision } from "../vision/vision.ts";

/** Metrics for Prometheus; none without filters. */
export function filterMetrics(vision: Vision | undefined): Metric[] {
  if (!vision) return [];
  return [
    {
      name: "framewire_filter_seconds",
      help: "How long a frame took in the filters.",
      type: "histogram",
      histogram: vision.times,
    },
    single(
      "counter",
      "framewire_processed_frames_total",
      "Frames processed by the filters.",
      vision.meter.frames,
    ),
    single(
      "counter",
      "framewire_filter_skipped_frames_total",
      "Frames skipped because the filters were busy.",
      vision.meter.skipped,
    ),
  ];
}
