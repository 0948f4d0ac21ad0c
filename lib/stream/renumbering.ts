/** New numbers and times for the frames of another server, so that ours has a stream of its own. */

import type { Frame } from "../frame/frame.ts";
import type { Latest } from "../frame/latest.ts";

export class Renumbering {
  readonly #offset: () => number;
  #sequence = 0;

  /** `offset()`: how far the clock of the frames' times is ahead of this host's, in milliseconds. */
  constructor(offset: () => number) {
    this.#offset = offset;
  }

  /**
   * The frame with its number here, and the time of this host's clock; `skipped` frames before it count too.
   * A placeholder has the number of the frame that comes next.
   */
  next(frame: Frame, skipped = 0): Frame {
    this.#sequence += skipped;
    const sequence = frame.kind ? this.#sequence : this.#sequence++;
    return { ...frame, sequence, capturedAt: frame.capturedAt - this.#offset() };
  }

  /** Puts the frames of `from` into `to` until they end, or on abort. */
  async run(
    from: Latest<Frame>,
    to: Latest<Frame>,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using reader = from.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      to.put(this.next(taken.value, taken.skipped));
    }
  }
}
