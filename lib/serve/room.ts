/** The wait for room: before a picture is sent, until the window of acknowledgements allows it. */

import type { Clock } from "../async/clock.ts";

export class Room {
  readonly #clock: Clock;
  #wake = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There may be room now, an acknowledgement has come: `wait` asks again. */
  changed(): void {
    this.#wake();
  }

  /**
   * Waits until there is room, or abort. `roomIn`: for how many milliseconds there is none; 0: there is room.
   * Infinity: not before `changed`. One call at a time.
   */
  async wait(roomIn: (now: number) => number, signal: AbortSignal): Promise<void> {
    for (let left; !signal.aborted && (left = roomIn(this.#clock.now())) > 0;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const wake = this.#wake = () => resolve();
      signal.addEventListener("abort", wake, { once: true });
      using _timer = left < Infinity ? this.#clock.after(left, wake) : undefined;
      await promise;
      signal.removeEventListener("abort", wake);
    }
  }
}
