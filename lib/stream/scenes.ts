/** What the web pages of either program show besides the picture. */

import type { SteadyCapture } from "../capture/steady_capture.ts";
import type { Emitter } from "../async/emitter.ts";
import type { Detection } from "../frame/detection.ts";
import type { Meter } from "../stats/meter.ts";
import type { Receiver } from "../receive/receiver.ts";
import type { Scene } from "./scene.ts";
import { type Metric, single } from "../stats/metrics.ts";
import type { Vision } from "../vision/vision.ts";

/** All but what the streamServer itself knows. */
type OurScene = Omit<Scene, "clients">;

/** What either program has. */
interface Show {
  readonly vision: Vision | undefined;
  readonly finds: Emitter<Detection>;
}

/** The server's. */
export function serverScene(
  { capture, meter, vision, finds }: Show & { capture: SteadyCapture; meter: Meter },
): OurScene {
  return {
    // Where a film lies on this host is nobody's business.
    ...{
      name: capture.name.replace(/^(?!\/dev\/)\/.*\//, ""),
      size: capture.size,
      finds,
      marks: vision?.keepsShape ?? true,
    },
    lost: () => capture.loss,
    rate: () => meter.rate(),
    processed: () => vision?.meter.rate() ?? null,
    metrics: () => [
      single("counter", "framewire_captured_frames_total", "Frames captured.", meter.frames),
      single(
        "counter",
        "framewire_source_restarts_total",
        "How often the source was opened again.",
        capture.restarts,
      ),
      single("gauge", "framewire_source_up", "Whether the source is there.", capture.loss ? 0 : 1),
      ...filterMetrics(vision),
    ],
  };
}

/** The client's. */
export function clientScene(
  { receiver, name, vision, finds }: Show & { receiver: Receiver; name: string },
): OurScene {
  return {
    ...{ name, size: receiver.size, finds, marks: vision?.keepsShape ?? true },
    lost: () => {
      const { outage, noSignal } = receiver;
      return outage ?? (noSignal && { since: noSignal, why: "the server has no signal" });
    },
    rate: () => receiver.stats.rate(),
    processed: () => vision?.meter.rate() ?? null,
    metrics: () => {
      const { frames, skipped, bytes } = receiver.stats.total();
      return [
        single("counter", "framewire_received_frames_total", "Frames received.", frames),
        single(
          "counter",
          "framewire_missed_frames_total",
          "Frames that the server captured and that never came.",
          skipped,
        ),
        single("counter", "framewire_received_bytes_total", "Bytes of pictures received.", bytes),
        single(
          "counter",
          "framewire_reconnects_total",
          "How often the server was connected to again.",
          receiver.reconnects,
        ),
        single(
          "gauge",
          "framewire_source_up",
          "Whether the server is there.",
          receiver.outage ? 0 : 1,
        ),
        ...filterMetrics(vision),
      ];
    },
  };
}

function filterMetrics(vision: Vision | undefined): Metric[] {
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
