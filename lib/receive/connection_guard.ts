/** Closes a connection on abort, or when a time limit is over. */

import type { Clock } from "../async/clock.ts";
import type { Connection } from "./connection.ts";

export class ConnectionGuard implements Disposable {
  readonly #conn: Connection;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  readonly #onAbort = () => this.#conn.close();
  #timer: Disposable | undefined;
  #isOverdue = false;

  constructor(conn: Connection, { signal, clock }: { signal: AbortSignal; clock: Clock }) {
    this.#conn = conn;
    this.#signal = signal;
    this.#clock = clock;
    if (signal.aborted) conn.close();
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Whether the time limit has closed the connection. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Starts the time limit; later calls do nothing. */
  limit(milliseconds: number): void {
    this.#timer ??= this.#clock.after(milliseconds, () => {
      this.#isOverdue = true;
      this.#conn.close();
    });
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
