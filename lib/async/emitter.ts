/** Passes values to all current listeners; keeps none. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Calls all listeners at once. */
  put(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls `listener` until what is returned is disposed of. It must not throw. */
  listen(listener: (value: T) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}
