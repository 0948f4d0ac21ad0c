/** Passes each value to all current listeners. It keeps no values. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Calls all listeners, synchronously. */
  put(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls `listener` with each value until the result is disposed of. `listener` must not throw. */
  listen(listener: (value: T) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}
