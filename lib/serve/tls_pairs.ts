/**
 * TLS connections within this process: one loopback listener makes all of them. Each has a plain end, to which a relay
 * writes what the peer sends, and a TLS end, which serves. Other programs can connect to the listener too, so each
 * connection is matched by its port, and the others are closed.
 */

import { closeQuietly, setNoDelay } from "./connection.ts";

/** A certificate and its key, PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** The two ends of a connection; the caller owns both. */
export interface TlsPair {
  readonly near: Deno.Conn;
  /** Its handshake has not begun. Deno can't set TCP_NODELAY for a `TlsConn`. */
  readonly inner: Deno.TlsConn;
}

/** What accepts the TLS ends. */
export type TlsListener = Pick<Deno.TlsListener, "accept" | "close" | "addr">;

/** A pair that is being made. */
interface Pending {
  /** The port of its plain end; undefined until that is connected. */
  port: number | undefined;
  readonly accepted: PromiseWithResolvers<Deno.TlsConn>;
}

const HOSTNAME = "127.0.0.1";

export class TlsPairs implements Disposable {
  readonly #listener: TlsListener;
  readonly #pending = new Set<Pending>();
  /** Accepted while the port of a pending pair was unknown, by port. */
  readonly #unclaimed = new Map<number, Deno.TlsConn>();
  #users = 1;
  #accepting = false;

  constructor(listener: TlsListener) {
    this.#listener = listener;
  }

  /** Starts the listener. Throws if TLS cannot use the certificate or its key. */
  static open(certificate: Certificate): TlsPairs {
    return new TlsPairs(Deno.listenTls({ hostname: HOSTNAME, port: 0, ...certificate }));
  }

  /** Keeps the listener open until what is returned is disposed of, even if this is disposed of before. */
  use(): Disposable {
    this.#users++;
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over) this.#release();
        over = true;
      },
    };
  }

  /** Makes a pair. Throws if the system cannot open one of its ends; then neither stays open. */
  async connect(): Promise<TlsPair> {
    const pending: Pending = { port: undefined, accepted: Promise.withResolvers() };
    pending.accepted.promise.catch(() => {}); // awaited below, after the plain end is connected
    this.#pending.add(pending);
    this.#accept();
    let near: Deno.TcpConn | undefined;
    try {
      near = await Deno.connect({ hostname: HOSTNAME, port: this.#listener.addr.port });
      setNoDelay(near);
      const { port } = near.localAddr;
      pending.port = port;
      const early = this.#unclaimed.get(port);
      if (early && this.#unclaimed.delete(port)) pending.accepted.resolve(early);
      return { near, inner: await pending.accepted.promise };
    } catch (thrown) {
      if (near) closeQuietly(near);
      throw thrown;
    } finally {
      this.#pending.delete(pending);
      if (this.#pending.size === 0) this.#closeUnclaimed();
    }
  }

  /** Closes the listener once nothing uses it. */
  [Symbol.dispose](): void {
    this.#release();
  }

  #release(): void {
    if (--this.#users === 0) this.#listener.close();
  }

  /** Accepts while a pair is pending. An error fails all pending pairs. Never throws. */
  async #accept(): Promise<void> {
    if (this.#accepting) return;
    this.#accepting = true;
    try {
      while (this.#pending.size > 0) this.#claim(await this.#listener.accept());
    } catch (thrown) {
      for (const { accepted } of this.#pending) accepted.reject(thrown);
      this.#pending.clear();
      this.#closeUnclaimed();
    } finally {
      this.#accepting = false;
    }
  }

  /** Gives a connection to the pair that it belongs to, or closes it. */
  #claim(conn: Deno.TlsConn): void {
    const { port } = conn.remoteAddr;
    const pending = [...this.#pending];
    const owner = pending.find((pair) => pair.port === port);
    if (owner) {
      this.#pending.delete(owner);
      return owner.accepted.resolve(conn);
    }
    if (!pending.some((pair) => pair.port === undefined)) return closeQuietly(conn);
    this.#unclaimed.set(port, conn);
  }

  #closeUnclaimed(): void {
    for (const conn of this.#unclaimed.values()) closeQuietly(conn);
    this.#unclaimed.clear();
  }
}
