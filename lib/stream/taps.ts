/** Passes every frame of a stream, in order, to its taps: recordings. */

import type { Frame } from "../frame/frame.ts";
import type { Latest } from "../frame/latest.ts";

type Write = (frame: Frame) => Promise<void>;

export class Taps {
  /** Frames passed to all taps. */
  delivered = 0;
  /** Frames that `follow` skipped because the taps were too slow. */
  missed = 0;
  readonly #writes = new Set<Write>();

  /** Calls `write` with each frame, one after the other, until the result is disposed of. */
  add(write: Write): Disposable {
    this.#writes.add(write);
    return { [Symbol.dispose]: () => this.#writes.delete(write) };
  }

  /** Passes one frame to all taps and waits for them. Placeholders are left out. */
  async write(frame: Frame): Promise<void> {
    if (frame.kind) return;
    for (const write of this.#writes) await write(frame);
    this.delivered++;
  }

  /**
   * Passes the frames of `from` to the taps until `max` are delivered, the frames end, or on abort. Frames
   * that arrive during a write are replaced by newer ones, and count as missed.
   */
  async follow(
    from: Latest<Frame>,
    { max = Infinity, signal }: { max?: number | undefined; signal: AbortSignal },
  ): Promise<void> {
    using reader = from.reader({ signal, every: true });
    while (this.delivered < max) {
      const taken = await reader.take();
      if (!taken) return;
      this.missed += taken.skipped;
      await this.write(taken.value);
    }
  }
}
