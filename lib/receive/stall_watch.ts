/** Notices that nothing comes any more. */

/** How often it looks, in milliseconds. */
const INTERVAL = 500;

export class StallWatch implements Disposable {
  /** Whether nothing came for too long. */
  stalled = false;
  #since = 0;
  /** Whether something must come. */
  #owed = false;
  readonly #timer: number;

  /** `onStall` is called when nothing has come for more than `patience` milliseconds. */
  constructor({ patience, onStall }: { patience: number; onStall: () => void }) {
    this.#timer = setInterval(() => {
      if (!this.#owed || performance.now() - this.#since <= patience) return;
      this.stalled = true;
      this.#owed = false;
      onStall();
    }, INTERVAL);
  }

  /** Something is waited for now; `owed`: it must come. */
  begin({ owed }: { owed: boolean }): void {
    this.#since = performance.now();
    this.#owed = owed;
  }

  /** It has come, or will not; after how many milliseconds. */
  end(): number {
    this.#owed = false;
    return performance.now() - this.#since;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
