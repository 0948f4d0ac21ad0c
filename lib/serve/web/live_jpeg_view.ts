/** A stream that a page watches as JPEGs: the newest one whenever the window of acknowledgements has room. */

import { wallClock } from "../../frame/clock.ts";
import type { Jpeg } from "../../frame/jpeg.ts";
import type { LatestReader } from "../../frame/latest.ts";
import { USUAL_FPS } from "../../stream/stream.ts";
import { AckWindow } from "../../wire/ack_window.ts";
import { LiveView, type LiveViewOptions } from "./live_view.ts";

export class LiveJpegView extends LiveView {
  override readonly wire = "page";
  readonly #width: number;
  readonly #window: AckWindow;
  #reader: LatestReader<Jpeg> | undefined;
  #skipped = 0;

  /** `width`: of the picture on the page, in pixels; 0 for the full size. */
  constructor(width: number, options: LiveViewOptions) {
    super(options);
    this.#width = width;
    this.#window = new AckWindow({
      fps: this.published.stream.fps ?? USUAL_FPS,
      now: undefined,
    });
    if (options.rtt !== undefined) this.#window.roundTrip(options.rtt);
  }

  override get skipped(): number {
    return this.#skipped + Math.max(0, (this.#reader?.missed() ?? 0) - 1);
  }

  override get waitingFor(): number {
    return this.#window.waitingFor(this.clock.now());
  }

  override roundTrip(took: number): void {
    this.#window.roundTrip(took);
  }

  protected override noteAcknowledged(count: number, now: number): void {
    this.#window.acknowledged(count, now);
  }

  override async run({ signal }: { signal: AbortSignal }): Promise<void> {
    using jpegs = this.published.subscribeJpegs({ width: this.#width });
    using reader = this.#reader = jpegs.frames.reader({ signal });
    for (;;) {
      // First the room, then the picture: so it is the newest one when it can be sent.
      await this.room((now) => this.#window.roomIn(now), signal);
      let taken = await reader.take();
      if (!taken) break;
      await this.#awaitNewer(reader, taken.value);
      if (reader.missed() > 0) {
        this.#skipped += taken.skipped + 1;
        taken = await reader.take();
        if (!taken) break;
      }
      this.#skipped += taken.skipped;
      this.#window.sent(this.clock.now());
      this.send(taken.value, { kind: "jpeg", rate: 0 });
    }
  }

  /** Waits for a newer picture than this one if that is worth it. */
  async #awaitNewer(reader: LatestReader<Jpeg>, { capturedAt }: Jpeg): Promise<void> {
    const now = this.clock.now();
    const wait = this.#window.worthWaiting(wallClock() - capturedAt, now);
    if (wait === 0) return;
    await reader.next(wait);
    this.#window.waited(this.clock.now() - now);
  }
}
