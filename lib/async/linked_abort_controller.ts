/** Waiting that ends with its parent's, or earlier. */

/**
 * A controller whose signal is also aborted with `parent`; it lets go of its parent when disposed of. In
 * the place of `AbortSignal.any`, whose signals Deno 2.7 forgets while they are listened to (issue 29075),
 * and of whose sources it keeps a list that only grows (pull request 32916).
 */
export class LinkedAbortController extends AbortController implements Disposable {
  readonly #parent: AbortSignal;
  readonly #onAbort = () => this.abort(this.#parent.reason);

  constructor(parent: AbortSignal) {
    super();
    this.#parent = parent;
    if (parent.aborted) this.#onAbort();
    else parent.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Lets go of the parent. Not an abort: what listens to the signal hears nothing any more. */
  [Symbol.dispose](): void {
    this.#parent.removeEventListener("abort", this.#onAbort);
  }
}
