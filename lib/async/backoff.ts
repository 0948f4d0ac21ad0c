/** Decides when to retry after a failure: at once, then after longer and longer waits, up to a limit. */

import { pause } from "./aborted.ts";
import { type Clock, steadyClock } from "./clock.ts";

/** The wait before each retry; the last one repeats. */
const WAITS_MS = [0, 1000, 2000, 5000, 10_000];

/** A run of this length was a success, no matter how it ended: the next try follows at once. */
const SUCCESS_MS = 10_000;

export class Backoff {
  readonly #clock: Clock;
  #failures = 0;
  #begunAt: number | undefined;

  constructor(clock: Clock = steadyClock) {
    this.#clock = clock;
  }

  /** Marks the start of a run: a connection is open, or a program has started. */
  begin(): void {
    this.#begunAt = this.#clock.now();
  }

  /** Waits for the next try, after a run or the try to start one failed. Ends on abort. */
  async wait(signal: AbortSignal): Promise<void> {
    const begunAt = this.#begunAt ?? Infinity;
    this.#begunAt = undefined;
    if (this.#clock.now() - begunAt >= SUCCESS_MS) this.#failures = 0;
    const wait = WAITS_MS[Math.min(this.#failures++, WAITS_MS.length - 1)] ?? 0;
    await pause(wait, signal, this.#clock);
  }
}
