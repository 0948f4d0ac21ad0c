/** Counts the viewers of a stream. */
export class Subscribers {
  #count = 0;

  /** Whether somebody watches. */
  get isWatched(): boolean {
    return this.#count > 0;
  }

  /** Counts one more viewer until the result is disposed of. */
  add(): Disposable {
    this.#count++;
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over) this.#count--;
        over = true;
      },
    };
  }
}
