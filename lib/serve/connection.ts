/** A connection that a listener accepts: the owner opens it, reads and writes, and closes it. */

/** The bytes of a connection, both ways. A `Deno.Conn` is one. */
export interface ByteChannel {
  /** Reads into `space`: how many bytes, or null at the end. */
  read(space: Uint8Array): Promise<number | null>;
  /** Writes the first bytes of `bytes`: how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Ends the writing direction. */
  closeWrite(): Promise<void>;
}

/** One accepted connection. */
export interface Connection<Channel extends ByteChannel = Deno.Conn> {
  readonly remoteAddr: Deno.Addr;
  /**
   * Its bytes. With TLS this waits for the handshake, and throws if the connection closes before or the handshake
   * fails.
   */
  open(): Promise<Channel>;
  /** Closes it at once. Can be called again. */
  close(): void;
  /** Resolves when only the owner's own reads and writes can still hold the socket. */
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

/** Sets TCP_NODELAY, so that the last bytes of a frame do not wait for an acknowledgement. */
export function setNoDelay(conn: Deno.Conn): void {
  if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
}

/** Closes a resource that may be closed already. */
export function closeQuietly(resource: { close(): void }): void {
  try {
    resource.close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.BadResource)) throw thrown;
  }
}
