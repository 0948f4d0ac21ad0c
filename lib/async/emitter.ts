/** Things that happen, told to all who listen at that time. Nothing is kept. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Tells everybody, at once. */
  put(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }

  /** Calls `listener` until what is returned is disposed of. It must not throw. */
  listen(listener: (value: T) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }
}
