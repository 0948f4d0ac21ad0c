/**
 * The newest value, shared between stages: one writer puts, any number of readers take. The writer never waits
 * for a reader, and nothing is queued. (It replaces the tutorial's shared image, lock and `is_data_ready`.)
 */

/** A value taken from a `Latest`. */
export interface Taken<T> {
  readonly value: T;
  /** The number of values that were replaced since this reader's last `take`. */
  readonly skipped: number;
}

/**
 * Why no more values come: the source is over (the end of a film), something failed, or the stream was removed from
 * its server.
 */
export type Ending = "over" | "failed" | "removed";

/** The newest value, for one writer and many readers. */
export class Latest<T> {
  /** Whether the writer waits for its readers, so that they can take every value. */
  readonly isLossless: boolean = false;
  #value: T | undefined;
  #puts = 0;
  /** Whether there is no value: none was put, or it was cleared. */
  #empty = true;
  readonly #end = Promise.withResolvers<void>();
  #ending: Ending | undefined;
  readonly #waiting = new Set<() => void>();

  /**
   * Resolves when the next value can be put. Here that is at once; a `Lossless` waits for its readers. One call at a
   * time. The writer of each frame asks only where `isLossless`: an await costs a turn of the event loop.
   */
  room(_: { signal: AbortSignal }): Promise<void> {
    return Promise.resolve();
  }

  /** Counts a member until the result is disposed of, or on abort: a `Lossless` waits for them. */
  join(_: { signal: AbortSignal }): Disposable {
    return { [Symbol.dispose]: () => {} };
  }

  /** Replaces the value and wakes the waiting readers. Synchronous: never waits. */
  put(value: T): void {
    if (this.#ending) return;
    this.#value = value;
    this.#empty = false;
    this.#puts++;
    this.#wake();
  }

  /** Removes the value: new readers wait for the next one. */
  clear(): void {
    this.#value = undefined;
    this.#empty = true;
  }

  /**
   * Ends the values, with the reason. Each reader still gets the newest value, then the end. Only the first
   * call counts.
   */
  end(ending: Ending = "over"): void {
    this.#ending ??= ending;
    this.#end.resolve();
    this.#wake();
  }

  /** Whether `end` was called. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Why no more values come; undefined before `end`. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Fulfilled by `end`. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /**
   * Creates a reader, which reads at its own pace and starts with the current value, if there is one. The
   * abort of `signal` ends the reader and its `take`. `every`: it is to get every value, if this is a `Lossless`.
   */
  reader({ signal }: { signal: AbortSignal; every?: boolean }): LatestReader<T> {
    let seen = this.#empty ? this.#puts : this.#puts - 1;
    let wake: (() => void) | undefined;
    const onAbort = () => wake?.();
    signal.addEventListener("abort", onAbort, { once: true });
    return {
      take: async () => {
        while (!signal.aborted) {
          if (this.#puts > seen && !this.#empty) {
            const skipped = this.#puts - seen - 1;
            seen = this.#puts;
            return { value: this.#value as T, skipped };
          }
          if (this.#ending) return undefined;
          await new Promise<void>((resolve) => {
            wake = resolve;
            this.#waiting.add(resolve);
          });
          if (wake) this.#waiting.delete(wake);
          wake = undefined;
        }
        return undefined;
      },
      missed: () => this.#puts - seen,
      next: async (milliseconds) => {
        if (signal.aborted || this.#ending || this.#puts > seen) return;
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        this.#waiting.add(resolve);
        const timer = setTimeout(resolve, milliseconds);
        await promise;
        clearTimeout(timer);
        this.#waiting.delete(resolve);
        wake = undefined;
      },
      [Symbol.dispose]: () => signal.removeEventListener("abort", onAbort),
    };
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const resolve of waiting) resolve();
  }
}

/** One reader of a `Latest`. Disposing of it removes its listener from the signal. */
export interface LatestReader<T> extends Disposable {
  /**
   * Takes the newest value, or waits for one that this reader has not taken; undefined after the end or an
   * abort. One call at a time.
   */
  take(): Promise<Taken<T> | undefined>;
  /** The number of values that were put since the last `take`. */
  missed(): number;
  /** Waits for a value newer than the last one taken, but no longer than `milliseconds`. */
  next(milliseconds: number): Promise<void>;
}
