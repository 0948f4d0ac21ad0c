/**
 * A TLS connection that can be closed. Deno (2.7 to 2.9 at least) keeps the socket of a TLS connection
 * that is closed while its peer owes a part of the handshake, or reads nothing, for as long as that peer
 * likes. So the peer's socket is a plain one, which we can close, and a relay carries its bytes to a TLS
 * connection within this process. That one ends with the relay.
 */

import { closeQuietly, type Connection, setNoDelay } from "./connection.ts";

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** How long the peer may take to close after the last byte, in milliseconds. */
const GOODBYE = 2000;

const RELAY_BYTES = 65536;

export class TlsConnection implements Connection {
  readonly remoteAddr: Deno.Addr;
  readonly released: Promise<void>;
  readonly #outer: Deno.Conn;
  readonly #certificate: Certificate;
  readonly #released = Promise.withResolvers<void>();
  /** Our two ends of the way through TLS, once there is one. */
  #near: Deno.Conn | undefined;
  #inner: Deno.TlsConn | undefined;
  #closed = false;

  /** Takes over `outer`, the peer's socket. */
  constructor(outer: Deno.Conn, certificate: Certificate) {
    this.#outer = outer;
    this.#certificate = certificate;
    this.remoteAddr = outer.remoteAddr;
    this.released = this.#released.promise;
    setNoDelay(outer);
  }

  async open(): Promise<Deno.Conn> {
    try {
      // One that says nothing costs one descriptor, not three.
      const first = new Uint8Array(RELAY_BYTES);
      const count = await this.#outer.read(first);
      if (count === null) throw new Deno.errors.ConnectionReset("closed before the TLS handshake");
      const { near, inner } = await connectedPair(this.#certificate);
      [this.#near, this.#inner] = [near, inner];
      if (this.#closed) this.#closeAll();
      this.#relay(near, first, count).finally(() => {
        this.close();
        this.#released.resolve();
      });
      return inner;
    } catch (thrown) {
      this.close();
      this.#released.resolve();
      throw thrown;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#closeAll();
  }

  #closeAll(): void {
    for (const conn of [this.#outer, this.#near, this.#inner]) if (conn) closeQuietly(conn);
  }

  /** Carries bytes both ways until both are over. Never throws. */
  async #relay(near: Deno.Conn, first: Uint8Array<ArrayBuffer>, count: number): Promise<void> {
    let timer: number | undefined;
    const up = async () => {
      await writeAll(near, first.subarray(0, count));
      await pump(this.#outer, near, first);
    };
    const down = async () => {
      await pump(near, this.#outer, new Uint8Array(RELAY_BYTES));
      timer = setTimeout(() => this.close(), GOODBYE);
    };
    const gone = () => this.close(); // a read or write fails where one of the two has gone
    await Promise.all([up().catch(gone), down().catch(gone)]);
    clearTimeout(timer);
  }
}

/** Copies until `from` ends, which it then tells `to`. */
async function pump(from: Deno.Conn, to: Deno.Conn, space: Uint8Array): Promise<void> {
  for (let count; (count = await from.read(space)) !== null;) {
    await writeAll(to, space.subarray(0, count));
  }
  await to.closeWrite();
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/**
 * A TLS connection within this process: its plain end, and the end that serves. Nobody else can come in
 * between: there is a listener for this one connection alone, and its port is compared.
 */
async function connectedPair(
  certificate: Certificate,
): Promise<{ near: Deno.Conn; inner: Deno.TlsConn }> {
  const hostname = "127.0.0.1";
  using listener = Deno.listenTls({ hostname, port: 0, ...certificate });
  const accepting = listener.accept();
  accepting.catch(() => {}); // where connecting fails, that is what is told
  const near = await Deno.connect({ hostname, port: listener.addr.port });
  setNoDelay(near);
  const inner = await accepting;
  if (inner.remoteAddr.port === near.localAddr.port) return { near, inner };
  closeQuietly(near);
  closeQuietly(inner);
  throw new Deno.errors.ConnectionRefused("another program of this host has connected in between");
}
