/** Acknowledges to the server what was read: one byte each, in one write at a time. */

import { Failure } from "../log/failure.ts";
import type { Connection } from "./connection.ts";

/** So many acknowledgements may wait until the server reads them. */
const MOST_OWED = 65536;

export class Acknowledger {
  readonly #conn: Pick<Connection, "write">;
  #owed = 0;
  #writing = false;

  constructor(conn: Pick<Connection, "write">) {
    this.#conn = conn;
  }

  /** Acknowledges one thing. Never waits. Throws a `Failure` if the server reads none. */
  acknowledge(): void {
    if (++this.#owed > MOST_OWED) {
      throw new Failure(
        "The server does not read acknowledgements",
        "check that it is a framewire server; --raw sends no acknowledgements",
      );
    }
    // A failed write means a lost connection, which the next read reports.
    if (!this.#writing) this.#write().catch(() => {});
  }

  async #write(): Promise<void> {
    this.#writing = true;
    while (this.#owed > 0) {
      const count = await this.#conn.write(new Uint8Array(this.#owed).fill(0x0a));
      this.#owed -= count;
    }
    this.#writing = false;
  }
}
