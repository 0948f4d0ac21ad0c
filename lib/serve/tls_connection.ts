/**
 * A TLS connection that can be closed. Deno (2.7 to 2.9 at least) keeps the socket of a closed TLS connection open while
 * its peer has not finished the handshake, or reads nothing, for as long as the peer likes. So the peer's socket is a
 * plain one, which closes at once, and a relay carries its bytes to a TLS connection within this process. That one
 * ends with the relay.
 */

import { closeQuietly, type Connection, setNoDelay } from "./connection.ts";
import type { TlsPairs } from "./tls_pairs.ts";

/** How long the peer may take to close after the last byte. */
const GOODBYE_MS = 2000;

const RELAY_BYTES = 65536;

export class TlsConnection implements Connection {
  readonly remoteAddr: Deno.Addr;
  readonly released: Promise<void>;
  readonly #outer: Deno.Conn;
  readonly #pairs: Pick<TlsPairs, "connect">;
  /** Keeps the listener of the pairs open until the connection has its own. */
  readonly #using: Disposable;
  readonly #released = Promise.withResolvers<void>();
  /** The two ends within this process, once they exist. */
  #near: Deno.Conn | undefined;
  #inner: Deno.TlsConn | undefined;
  #closed = false;

  /** Takes over `outer`, the peer's socket. */
  constructor(outer: Deno.Conn, pairs: Pick<TlsPairs, "connect" | "use">) {
    this.#outer = outer;
    this.#pairs = pairs;
    this.#using = pairs.use();
    this.remoteAddr = outer.remoteAddr;
    this.released = this.#released.promise;
    setNoDelay(outer);
  }

  /** The TLS connection, after its handshake. */
  async open(): Promise<Deno.Conn> {
    try {
      // A peer that sends nothing costs one descriptor, not three.
      const first = new Uint8Array(RELAY_BYTES);
      const count = await this.#outer.read(first);
      if (count === null) throw new Deno.errors.ConnectionReset("closed before the TLS handshake");
      const { near, inner } = await this.#pairs.connect();
      [this.#near, this.#inner] = [near, inner];
      if (this.#closed) this.#closeAll();
      this.#relay(near, first, count).finally(() => {
        this.close();
        this.#released.resolve();
      });
      await inner.handshake();
      return inner;
    } catch (thrown) {
      this.close();
      if (!this.#near) this.#released.resolve();
      throw thrown;
    } finally {
      this.#using[Symbol.dispose]();
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#using[Symbol.dispose]();
    this.#closeAll();
  }

  #closeAll(): void {
    for (const conn of [this.#outer, this.#near, this.#inner]) if (conn) closeQuietly(conn);
  }

  /** Carries bytes both ways until both directions end. Never throws. */
  async #relay(near: Deno.Conn, first: Uint8Array<ArrayBuffer>, count: number): Promise<void> {
    let timer: number | undefined;
    const up = async () => {
      await writeAll(near, first.subarray(0, count));
      await pump(this.#outer, near, first);
    };
    const down = async () => {
      await pump(near, this.#outer, new Uint8Array(RELAY_BYTES));
      timer = setTimeout(() => this.close(), GOODBYE_MS);
    };
    const gone = () => this.close(); // a read or write fails if one end is gone
    await Promise.all([up().catch(gone), down().catch(gone)]);
    clearTimeout(timer);
  }
}

/** Copies until `from` ends, then ends `to`. */
async function pump(from: Deno.Conn, to: Deno.Conn, space: Uint8Array): Promise<void> {
  for (let count; (count = await from.read(space)) !== null;) {
    await writeAll(to, space.subarray(0, count));
  }
  await to.closeWrite();
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
