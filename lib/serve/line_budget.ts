/** Limits how often a line is logged, so that strangers who come and go cannot fill the disk of a host. */

export interface LineRate {
  /** So many lines at once. */
  readonly burst: number;
  /** After those, one line in so many milliseconds. */
  readonly interval: number;
}

export class LineBudget {
  readonly #burst: number;
  readonly #interval: number;
  #left: number;
  #filledAt = -Infinity;
  /** Lines left out since the last one. */
  #omitted = 0;

  constructor({ burst, interval }: LineRate) {
    this.#burst = burst;
    this.#interval = interval;
    this.#left = burst;
  }

  /** Logs a line, with the number of lines left out before it, or leaves it out. */
  tell(line: string, log: (line: string) => void, now = performance.now()): void {
    const filled = Math.floor((now - this.#filledAt) / this.#interval);
    if (filled > 0) {
      this.#left = Math.min(this.#burst, this.#left + filled);
      this.#filledAt = now;
    }
    if (this.#left === 0) {
      this.#omitted++;
      return;
    }
    this.#left--;
    log(this.#omitted > 0 ? `${line} (${this.#omitted} similar lines left out)` : line);
    this.#omitted = 0;
  }
}

/** A budget for each kind of line: a flood of one kind does not hide the others. */
export class LineBudgets<Kind extends string> {
  readonly #rate: LineRate;
  readonly #budgets = new Map<Kind, LineBudget>();

  constructor(rate: LineRate) {
    this.#rate = rate;
  }

  /** Logs a line of a kind, or leaves it out. */
  tell(kind: Kind, line: string, log: (line: string) => void, now = performance.now()): void {
    let budget = this.#budgets.get(kind);
    if (!budget) this.#budgets.set(kind, budget = new LineBudget(this.#rate));
    budget.tell(line, log, now);
  }
}
