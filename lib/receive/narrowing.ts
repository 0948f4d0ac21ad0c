/** The change to a stream that needs less of the link. It is opened while the present one is still read. */

import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import type { OpenStream } from "./open_stream.ts";

/** What has come first: bytes of the present stream (null: its end), or the other stream (undefined: there is none). */
type Came = { readonly count: number | null } | { readonly move: OpenStream | undefined };

export class Narrowing implements AsyncDisposable {
  readonly #stop: LinkedAbortController;
  #opening: Promise<OpenStream | undefined> | undefined;

  constructor(signal: AbortSignal) {
    this.#stop = new LinkedAbortController(signal);
  }

  /** Whether the other stream is being opened. */
  get isOpening(): boolean {
    return this.#opening !== undefined;
  }

  begin(open: (signal: AbortSignal) => Promise<OpenStream | undefined>): void {
    this.#opening = open(this.#stop.signal);
    this.#opening.catch(() => {}); // thrown by `first`, or the present stream has ended
  }

  /**
   * Waits for bytes, or for the other stream, which the caller then owns. After a `move` the bytes are still to come.
   * Throws what reading or opening throws.
   */
  async first(reading: Promise<number | null>): Promise<Came> {
    if (!this.#opening) return { count: await reading };
    const came = await Promise.race([
      reading.then((count) => ({ count })),
      this.#opening.then((move) => ({ move })),
    ]);
    if ("move" in came) this.#opening = undefined;
    return came;
  }

  /** Closes the other stream if nobody has taken it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#stop[Symbol.dispose]();
    const opened = await this.#opening?.catch(() => undefined); // it was stopped
    opened?.conn.close();
  }
}
