/** Says to the server what was read: one byte each, in one write at a time. */

import { Failure } from "../log/failure.ts";

/** So many acknowledgements may wait for a server that does not read them. */
const MOST_OWED = 65536;

export class Acknowledger {
  readonly #conn: Deno.Conn;
  #owed = 0;
  #writing = false;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Acknowledges one thing. Never waits. Throws a `Failure` where the server reads none of them. */
  acknowledge(): void {
    if (++this.#owed > MOST_OWED) {
      throw new Failure(
        "The server reads no acknowledgements",
        "check that it is a framewire server; --raw sends none",
      );
    }
    // The connection may have ended: the reading tells.
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
