/** The accounting of viewers, clients of the wire and browsers alike: what each one has received. */

import { type Metric, single } from "../stats/metrics.ts";

/** A client that gets frames. Its counters grow while it is served. */
export interface Viewer {
  /** Address and port, as `192.168.0.7:40112`. */
  readonly peer: string;
  /** The stream, for a client that watches several on one connection: a page. */
  readonly stream?: string;
  /** The format: a wire, `http`, or `page` and `page-h264` for the live page. Undefined until it is known. */
  readonly wire: string | undefined;
  /** Frames sent. */
  readonly sent: number;
  /** Frames that were replaced by newer ones before it could take them. */
  readonly skipped: number;
  /** Bytes sent. */
  readonly bytes: number;
}

export class Viewers {
  readonly #present = new Set<Viewer>();
  /** The sums of the viewers that have left. */
  readonly #left = { sent: 0, skipped: 0, bytes: 0 };

  /** Counts `viewer` until what is returned is disposed of. */
  add(viewer: Viewer): Disposable {
    this.#present.add(viewer);
    return {
      [Symbol.dispose]: () => {
        if (!this.#present.delete(viewer)) return;
        for (const what of ["sent", "skipped", "bytes"] as const) this.#left[what] += viewer[what];
      },
    };
  }

  /** Frames or bytes of all viewers, those that have left included. */
  total(what: "sent" | "skipped" | "bytes"): number {
    return [...this.#present].reduce((sum, viewer) => sum + viewer[what], this.#left[what]);
  }

  /** The metrics for Prometheus. */
  metrics(): Metric[] {
    const each = (what: "sent" | "skipped") =>
      [...this.#present].flatMap((viewer) =>
        viewer.wire === undefined ? [] : [{
          labels: {
            client: viewer.peer,
            wire: viewer.wire,
            ...(viewer.stream !== undefined && { stream: viewer.stream }),
          },
          value: viewer[what],
        }]
      );
    return [
      single(
        "counter",
        "framewire_sent_bytes_total",
        "Bytes sent to clients and browsers.",
        this.total("bytes"),
      ),
      {
        name: "framewire_client_frames_sent_total",
        help: "Frames sent to a client.",
        type: "counter",
        samples: each("sent"),
      },
      {
        name: "framewire_client_frames_skipped_total",
        help: "Frames that a client was too slow for.",
        type: "counter",
        samples: each("skipped"),
      },
    ];
  }
}
