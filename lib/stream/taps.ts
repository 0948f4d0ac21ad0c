/** Those who get every frame of a stream, in order: records. */

import type { Frame } from "../frame/frame.ts";
import type { Latest } from "../frame/latest.ts";

type Write = (frame: Frame) => Promise<void>;

export class Taps {
  /** Frames that were given to all. */
  delivered = 0;
  /** Frames of a `Latest` that was read, and that the taps were too slow for. */
  missed = 0;
  readonly #writes = new Set<Write>();

  /** Gives frames to `write`, one after the other, until what is returned is disposed of. */
  add(write: Write): Disposable {
    this.#writes.add(write);
    return { [Symbol.dispose]: () => this.#writes.delete(write) };
  }

  /** Gives one frame to all, and waits for them. Placeholders are left out. */
  async write(frame: Frame): Promise<void> {
    if (frame.kind) return;
    for (const write of this.#writes) await write(frame);
    this.delivered++;
  }

  /**
   * Gives the frames of `from` until `most` are given, they end, or on abort. `from` waits for nobody: what
   * comes while a write is under way is missed.
   */
  async follow(
    from: Latest<Frame>,
    { most = Infinity, signal }: { most?: number | undefined; signal: AbortSignal },
  ): Promise<void> {
    using reader = from.reader({ signal });
    while (this.delivered < most) {
      const taken = await reader.take();
      if (!taken) return;
      this.missed += taken.skipped;
      await this.write(taken.value);
    }
  }
}
