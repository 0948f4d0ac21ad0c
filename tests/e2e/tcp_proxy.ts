/** A TCP proxy with faults: it delays bytes, freezes, and cuts connections. */

const CHUNK = 1 << 18;

export class TcpProxy implements AsyncDisposable {
  /** The port it listens on, on 127.0.0.1. */
  readonly port: number;
  /** Connections so far. */
  accepted = 0;
  /** Bytes that have passed so far, in both directions. */
  passed = 0;
  readonly #target: { readonly hostname: string; readonly port: number };
  readonly #delay: number;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns = new Set<Deno.TcpConn>();
  readonly #running: Promise<void>;
  /** Settled when bytes may pass. */
  #open = Promise.resolve();
  #thaw = () => {};

  /** Forwards to `target`; `delay` in milliseconds, each way. */
  constructor(target: { hostname: string; port: number }, { delay = 0 } = {}) {
    this.port = (this.#listener.addr as Deno.NetAddr).port;
    this.#target = target;
    this.#delay = delay;
    this.#running = this.#accept();
  }

  /** Lets nothing pass in either direction, not even the end: as if a cable were pulled. */
  freeze(): void {
    this.#open = new Promise((resolve) => this.#thaw = resolve);
  }

  /** Lets new connections pass again. Frozen connections are closed, their bytes lost. */
  thaw(): void {
    this.cut();
    this.#thaw();
  }

  /** Closes all connections, at any byte of a frame. */
  cut(): void {
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.thaw();
    await this.#running;
  }

  async #accept(): Promise<void> {
    const passing: Promise<unknown>[] = [];
    for await (const near of this.#listener) {
      this.accepted++;
      let far;
      try {
        far = await Deno.connect(this.#target);
      } catch {
        near.close(); // the target is away
        continue;
      }
      for (const conn of [near, far]) {
        conn.setNoDelay(true);
        this.#conns.add(conn);
      }
      passing.push(Promise.all([this.#pass(near, far), this.#pass(far, near)]));
    }
    await Promise.all(passing);
  }

  /** Forwards each piece after its delay, then the end. */
  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    let last = Promise.resolve();
    try {
      for (;;) {
        const bytes = new Uint8Array(CHUNK);
        const count = await from.read(bytes);
        if (count === null) break;
        const due = performance.now() + this.#delay;
        const write = async () => {
          await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
          await this.#open;
          for (let at = 0; at < count;) at += await to.write(bytes.subarray(at, count));
          this.passed += count;
        };
        last = last.then(write);
        last.catch(() => {}); // the next write, and the end, see it too
        if (this.#delay === 0) await last; // no more in here than one piece
      }
      await last;
      await this.#open;
      await to.closeWrite();
    } catch {
      await this.#open;
      this.#drop(from, to);
    }
  }

  #drop(...conns: Deno.TcpConn[]): void {
    for (const conn of conns) {
      if (this.#conns.delete(conn)) conn.close();
    }
  }
}
