/** How many watch a stream. */
export class Subscribers {
  #count = 0;

  /** Whether somebody watches. */
  get isWatched(): boolean {
    return this.#count > 0;
  }

  /** Counts one more until what is returned is disposed of. */
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
