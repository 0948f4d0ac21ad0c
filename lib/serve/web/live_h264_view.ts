/** A stream that a page watches as H.264: on the highest rung that its link carries, and without gaps. */

import { USUAL_FPS } from "../../stream/stream.ts";
import { RungControl } from "../rung_control.ts";
import { RungFeed } from "../rung_feed.ts";
import { LiveView, type LiveViewOptions } from "./live_view.ts";

export class LiveH264View extends LiveView {
  override readonly wire = "page-h264";
  readonly #control: RungControl;
  #feed: RungFeed | undefined;
  #skipped = 0;
  /** When the page last acknowledged something, or the first picture after that was sent; undefined: none is due. */
  #dueSince: number | undefined;

  /** The stream must have rungs. */
  constructor(options: LiveViewOptions) {
    super(options);
    const { rungs, stream } = this.published;
    this.#control = new RungControl({
      rungs,
      fps: stream.fps ?? USUAL_FPS,
      now: this.clock.now(),
    });
  }

  override get skipped(): number {
    return this.#skipped;
  }

  override get waitingFor(): number {
    return this.#dueSince === undefined ? 0 : this.clock.now() - this.#dueSince;
  }

  /** The control measures it by the pictures. */
  override roundTrip(): void {}

  protected override noteAcknowledged(count: number, now: number): void {
    this.#control.acknowledged(count, now);
    this.#dueSince = this.#control.waiting > 0 ? now : undefined;
    this.#feed?.follow();
  }

  override async run({ signal }: { signal: AbortSignal }): Promise<void> {
    const control = this.#control;
    using feed = this.#feed = new RungFeed(this.published, { control, signal });
    try {
      for (;;) {
        await this.room((now) => control.roomIn(now), signal);
        const fed = await feed.take();
        if (!fed) break;
        const { unit, rung, skipped } = fed;
        this.#skipped += skipped;
        const bytes = this.send(unit, { kind: unit.isKey ? "key" : "delta", rate: rung.rate });
        const now = this.clock.now();
        if (control.isBehind && unit.isKey) control.restarted(now);
        control.sent(bytes, now);
        this.#dueSince ??= now;
      }
    } finally {
      this.#feed = undefined;
    }
  }
}
