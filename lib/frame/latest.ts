/**
 * The one place where stages meet: a shared newest value. One writer puts, any number of readers
 * take; nobody waits for a reader, and nothing is queued. (The tutorial's shared image, its lock
 * and its `is_data_ready`.)
 */

/** A value taken from a `Latest`. */
export interface Taken<T> {
  readonly value: T;
  /** How many values were put and replaced since this reader's last `take`. */
  readonly skipped: number;
}

/** Why no more values come: the source is over (the end of a film), or something failed. */
export type Ending = "over" | "failed";

/** The newest value, for one writer and many readers. */
export class Latest<T> {
  #value: T | undefined;
  #puts = 0;
  /** Whether the value was taken back. */
  #empty = true;
  readonly #end = Promise.withResolvers<void>();
  #ending: Ending | undefined;
  readonly #waiting = new Set<() => void>();

  /** Replaces the value and wakes the waiting readers. Synchronous: never waits. */
  put(value: T): void {
    if (this.#ending) return;
    this.#value = value;
    this.#empty = false;
    this.#puts++;
    this.#wake();
  }

  /** Takes the value back: who comes now waits for the next one. */
  clear(): void {
    this.#value = undefined;
    this.#empty = true;
  }

  /**
   * Says that no more values come, and why: each reader still gets the newest, then the end. The first
   * call counts.
   */
  end(ending: Ending = "over"): void {
    this.#ending ??= ending;
    this.#end.resolve();
    this.#wake();
  }

  /** Whether no more values come. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Why no more values come; undefined while they do. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Fulfilled once no more values come. */
  get ended(): Promise<void> {
    return this.#end.promise;
  }

  /**
   * A reader of its own pace. It first gets the value that is there now, if any. Every `take` of it
   * ends on abort of `signal`, which also ends the reader.
   */
  reader({ signal }: { signal: AbortSignal }): LatestReader<T> {
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

/** One reader of a `Latest`. Dispose of it to take its listener off the signal. */
export interface LatestReader<T> extends Disposable {
  /**
   * The newest value not yet taken by this reader, waiting for one where there is none; undefined
   * after the end or an abort. One call at a time.
   */
  take(): Promise<Taken<T> | undefined>;
  /** How many values were put since the last `take`. */
  missed(): number;
  /** Waits for a value newer than the one taken last, for so long at the most. */
  next(milliseconds: number): Promise<void>;
}
