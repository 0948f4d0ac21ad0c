/** Passes each value to all current listeners. It keeps no values. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => unknown>();
  #taken: Promise<void> = Promise.resolve();

  /** Calls all listeners, synchronously. */
  put(value: T): void {
    for (const listener of this.#listeners) {
      const taking = listener(value);
      if (taking instanceof Promise) {
        this.#taken = Promise.all([this.#taken, taking]).then(() => {});
      }
    }
  }

  /** Resolves when the listeners have taken all values so far. */
  async taken(): Promise<void> {
    await this.#taken;
  }

  /**
   * Calls `listener` with each value until the result is disposed of. It can return a promise
   * of when it has taken the value, and must not throw or reject.
   */
  listen(listener: (value: T) => unknown): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}
