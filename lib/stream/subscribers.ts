/** Counts the viewers of a stream, and says when there is one. */

export interface SubscriberOptions {
  /** Called when the first viewer comes, and when the last one has left. */
  readonly onWatched?: ((isWatched: boolean) => void) | undefined;
}

/** The viewers of a stream. */
export class Subscribers {
  readonly #onWatched: (isWatched: boolean) => void;
  #count = 0;

  /** `onWatched` is called when the first viewer comes, and when the last one has left. */
  constructor(onWatched: (isWatched: boolean) => void = () => {}) {
    this.#onWatched = onWatched;
  }

  /** Whether somebody watches. */
  get isWatched(): boolean {
    return this.#count > 0;
  }

  /** Counts one more viewer until the result is disposed of. */
  add(): Disposable {
    if (this.#count++ === 0) this.#onWatched(true);
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over && --this.#count === 0) this.#onWatched(false);
        over = true;
      },
    };
  }
}
