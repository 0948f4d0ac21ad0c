/** What is told of a stream's filters. */

import { type Metric, single } from "../stats/metrics.ts";
import type { Vision } from "../vision/vision.ts";

/** For Prometheus; nothing without filters. */
export function filterMetrics(vision: Vision | undefined): Metric[] {
  if (!vision) return [];
  return [
    {
      name: "framewire_filter_seconds",
      help: "How long a frame took in the filters.",
      type: "histogram",
      samples: [{ value: vision.times }],
    },
    single(
      "counter",
      "framewire_processed_frames_total",
      "Frames that the filters have processed.",
      vision.meter.frames,
    ),
    single(
      "counter",
      "framewire_filter_skipped_frames_total",
      "Frames that came while the filters were busy.",
      vision.meter.skipped,
    ),
  ];
}
