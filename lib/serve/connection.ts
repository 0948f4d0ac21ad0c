/** What a listener hands out: one connection, which its owner opens and closes. */

/** One accepted connection. */
export interface Connection {
  readonly remoteAddr: Deno.Addr;
  /**
   * What is read and written. With TLS it comes with the client's first byte, and fails where the
   * connection is closed before that.
   */
  open(): Promise<Deno.Conn>;
  /** Closes it at once. Can be called again. */
  close(): void;
  /** Fulfilled when nothing but the reads and writes of its owner can hold the socket. */
  readonly released: Promise<void>;
}

/** A connection without TLS. */
export class PlainConnection implements Connection {
  readonly remoteAddr: Deno.Addr;
  readonly released = Promise.resolve();
  readonly #conn: Deno.Conn;

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
    this.remoteAddr = conn.remoteAddr;
    setNoDelay(conn);
  }

  open(): Promise<Deno.Conn> {
    return Promise.resolve(this.#conn);
  }

  close(): void {
    closeQuietly(this.#conn);
  }
}

/** Sends small pieces at once: the end of a frame must not wait for an answer. */
export function setNoDelay(conn: Deno.Conn): void {
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
}

/** Closes what may be closed already. */
export function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}
