/** How long to wait between tries: at once, and then longer and longer, up to a limit. */

/** Milliseconds before each try; the last one for all that follow. */
const STEPS = [0, 1000, 2000, 5000, 10_000];

export class Backoff {
  #tries = 0;

  /** How many tries there were since the last success. */
  get tries(): number {
    return this.#tries;
  }

  /** The next try comes after so many milliseconds. */
  next(): number {
    return STEPS[Math.min(this.#tries++, STEPS.length - 1)] ?? 0;
  }

  /** A try has succeeded. */
  reset(): void {
    this.#tries = 0;
  }
}
