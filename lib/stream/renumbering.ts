/** Gives the frames of another server new numbers and times of this host's clock. */

import type { Frame } from "../frame/frame.ts";
import type { Latest } from "../frame/latest.ts";

export class Renumbering {
  readonly #offset: () => number;
  readonly #finish: (frame: Frame) => void;
  #sequence = 0;

  /**
   * `offset()`: by how many milliseconds the frames' clock is ahead of this host's. `finish` gets each frame with its
   * new number and time.
   */
  constructor(offset: () => number, finish: (frame: Frame) => void = () => {}) {
    this.#offset = offset;
    this.#finish = finish;
  }

  /**
   * The frame with a new number, and the time of this host's clock. The `skipped` frames before it count too.
   * A placeholder gets the number of the next frame.
   */
  next(frame: Frame, skipped = 0): Frame {
    this.#sequence += skipped;
    const sequence = frame.kind ? this.#sequence : this.#sequence++;
    const renumbered = { ...frame, sequence, capturedAt: frame.capturedAt - this.#offset() };
    this.#finish(renumbered);
    return renumbered;
  }

  /** Puts the frames of `from` into `to` until they end, or on abort. */
  async run(
    from: Latest<Frame>,
    to: Latest<Frame>,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using reader = from.reader({ signal, every: true });
    for (let taken; (taken = await reader.take());) {
      if (to.isLossless) await to.room({ signal });
      to.put(this.next(taken.value, taken.skipped));
    }
  }
}
