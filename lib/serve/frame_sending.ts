/** Sends frames that stand alone: the newest one each time that there is room, or every one of a film. */

import { wallClock } from "../frame/clock.ts";
import type { LatestReader, Taken } from "../frame/latest.ts";
import type { AckWindow } from "../wire/ack_window.ts";
import type { FrameMuxer } from "./muxer.ts";
import { type Numbered, Sending, type SendingOptions } from "./sending.ts";

export class FrameSending extends Sending<Numbered> implements Disposable {
  readonly #reader: LatestReader<Numbered>;
  #skipped = 0;

  constructor(muxer: FrameMuxer<Numbered>, options: SendingOptions) {
    const { isLossless } = muxer.frames;
    super(muxer, { ...options, isLossless });
    this.#reader = muxer.frames.reader({ signal: options.signal, every: isLossless });
  }

  override get skipped(): number {
    return this.#skipped + Math.max(0, this.#reader.missed() - 1);
  }

  protected override roomIn(now: number): number {
    return this.window?.roomIn(now) ?? 0;
  }

  protected override async next(): Promise<Taken<Numbered> | undefined> {
    const { window } = this;
    // First the room, then the frame: so it is the newest one when it can be sent.
    if (window) await this.room();
    let taken = await this.#reader.take();
    if (taken && window && !this.options.isLossless) {
      await this.#awaitNewer(taken.value, window);
      if (this.#reader.missed() > 0) {
        this.#skipped += taken.skipped + 1;
        taken = await this.#reader.take();
      }
    }
    this.#skipped += taken?.skipped ?? 0;
    return taken;
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }

  /** Waits for a newer frame than this one if that is worth it. */
  async #awaitNewer({ capturedAt }: Numbered, window: AckWindow): Promise<void> {
    const now = this.clock.now();
    const wait = window.worthWaiting(wallClock() - capturedAt, now);
    if (wait === 0) return;
    await this.#reader.next(wait);
    window.waited(this.clock.now() - now);
  }
}
