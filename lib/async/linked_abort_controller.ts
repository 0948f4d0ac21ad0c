/** Aborts with its parent, or earlier. */

/**
 * A controller whose signal is also aborted with `parent`, until it is disposed of. It replaces
 * `AbortSignal.any`: Deno 2.7 forgets its signals while they have listeners (issue 29075), and keeps a
 * list of its sources that only grows (pull request 32916).
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

  /** Detaches from the parent. This is no abort: the signal does not fire any more. */
  [Symbol.dispose](): void {
    this.#parent.removeEventListener("abort", this.#onAbort);
  }
}
