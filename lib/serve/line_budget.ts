/** How often something is spoken of: strangers who come and go must not fill a host's disk with lines. */

export class LineBudget {
  readonly #burst: number;
  readonly #interval: number;
  #left: number;
  #filledAt = -Infinity;
  #untold = 0;

  /** At most `burst` lines at once, and one more each `interval` milliseconds. */
  constructor({ burst, interval }: { burst: number; interval: number }) {
    this.#burst = burst;
    this.#interval = interval;
    this.#left = burst;
  }

  /** Says a line by `say`, with how many were left out before it; or leaves it out. */
  tell(line: string, say: (line: string) => void, now = performance.now()): void {
    const filled = Math.floor((now - this.#filledAt) / this.#interval);
    if (filled > 0) {
      this.#left = Math.min(this.#burst, this.#left + filled);
      this.#filledAt = now;
    }
    if (this.#left === 0) {
      this.#untold++;
      return;
    }
    this.#left--;
    say(this.#untold > 0 ? `${line} (and ${this.#untold} such lines before)` : line);
    this.#untold = 0;
  }
}
