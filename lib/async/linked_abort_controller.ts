/** An abort controller with a parent signal. */

/**
 * A controller whose signal also aborts with `parent`, until it is disposed of. It replaces
 * `AbortSignal.any`, whose signals Deno 2.7 collects while they have listeners (issue 29075), and whose list
 * of sources only grows (pull request 32916).
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

  /** Detaches from the parent, without an abort. */
  [Symbol.dispose](): void {
    this.#parent.removeEventListener("abort", this.#onAbort);
  }
}
