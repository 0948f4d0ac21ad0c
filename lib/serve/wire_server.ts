/**
 * The stream server: it listens, admits clients, and sends each of them the newest frames at its own
 * pace. Frames come in through a `Latest`; they go out on the wire that a client asks for.
 */

import type { Log } from "../log/log.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import type { PublishedStream } from "./published_stream.ts";
import { Acceptor } from "./accept.ts";
import { ClientSession } from "./client_session.ts";
import { ConnectionLimit } from "./connection_limit.ts";
import type { AccessControl } from "./access_control.ts";
import { LineBudget } from "./line_budget.ts";
import { type Endpoint, listen, type ListenOptions } from "./listen.ts";
import type { Viewers } from "./viewers.ts";

/** How often sessions are looked at for a stall, in milliseconds. */
const STALL_CHECK = 500;

/** How long clients get to take the frame under way when the server is told to stop, in ms. */
const STOP_PATIENCE = 1000;

/** How often refused clients are logged, and those that came and left. */
const REFUSALS = { burst: 1, interval: 1000 };
const VISITS = { burst: 100, interval: 1000 };

/** How many connections may be without an accepted greeting; more where more may be served. */
const UNFINISHED = { perHost: 32, total: 256 };

export interface WireServerOptions extends ListenOptions {
  readonly gate: AccessControl;
  readonly viewers: Viewers;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** A listening server: clients may come from its opening on, `serve` lets the waiting ones in. */
export class WireServer implements Disposable {
  /** Where it listens. */
  readonly endpoint: Endpoint;
  readonly #options: WireServerOptions;
  readonly #sessions = new Set<ClientSession>();
  /** Those whose greeting is awaited, and those that are told why they are refused. */
  readonly #greeting = new Set<ClientSession>();
  readonly #unfinished: ConnectionLimit;
  readonly #refusals = new LineBudget(REFUSALS);
  readonly #evictions = new LineBudget(REFUSALS);
  readonly #visits = new LineBudget(VISITS);

  private constructor(options: WireServerOptions, endpoint: Endpoint) {
    this.#options = options;
    this.endpoint = endpoint;
    const { perHost, most } = options.gate.clients;
    // All who may be served may come at the same time.
    this.#unfinished = new ConnectionLimit({
      perHost: Math.max(UNFINISHED.perHost, perHost),
      total: Math.max(UNFINISHED.total, most),
    });
  }

  /** Starts to listen. Throws a `Failure` where the address can't be had. */
  static async open(options: WireServerOptions): Promise<WireServer> {
    return new WireServer(options, await listen(options));
  }

  /** The clients that are being served. */
  get clients(): number {
    return this.#sessions.size;
  }

  /**
   * Serves frames until they end, each client having got the last one, or until abort: then each client
   * gets the rest of the frame under way, within a second.
   */
  async serve(published: PublishedStream, { signal }: { signal: AbortSignal }): Promise<void> {
    const running = new Set<Promise<void>>();
    const stallCheck = setInterval(() => this.#closeStalled(), STALL_CHECK);
    const close = () => this[Symbol.dispose]();
    signal.addEventListener("abort", close, { once: true });
    published.frames.ended.then(close);
    const makeRoom = () => this.#unfinished.closeOne();
    const acceptor = new Acceptor(this.endpoint, { log: this.#options.log, makeRoom });
    try {
      for (let connection; (connection = await acceptor.next());) {
        const run = this.#run(new ClientSession(connection), published, signal);
        running.add(run);
        run.then(() => running.delete(run));
      }
      const tooLong = () => {
        for (const session of [...this.#sessions, ...this.#greeting]) session.close("stopped");
      };
      let patience: number | undefined;
      const hurry = () => patience = setTimeout(tooLong, STOP_PATIENCE);
      if (signal.aborted) hurry();
      else signal.addEventListener("abort", hurry, { once: true });
      await Promise.all(running);
      clearTimeout(patience);
      signal.removeEventListener("abort", hurry);
    } finally {
      clearInterval(stallCheck);
      signal.removeEventListener("abort", close);
    }
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.endpoint[Symbol.dispose]();
  }

  /** Serves one client, or refuses it. Never throws. */
  async #run(
    session: ClientSession,
    published: PublishedStream,
    signal: AbortSignal,
  ): Promise<void> {
    const { gate, viewers, log } = this.#options;
    const { peer, host } = session;
    if (host !== undefined && !gate.mayConnect(host)) return session.close("not in --allow");
    let evicted = false;
    const evict = () => {
      evicted = true;
      session.close("closed, too many connections had not finished their greeting");
    };
    using unfinished = this.#unfinished.add(host ?? "", evict);
    using places = new DisposableStack();
    this.#greeting.add(session);
    const admit = (hello: Hello | undefined) => {
      const refusal = gate.check(host, hello?.token) ?? gate.clients.refusal(host);
      if (refusal) return refusal;
      unfinished[Symbol.dispose]();
      this.#greeting.delete(session);
      this.#sessions.add(session);
      places.use(gate.clients.take(host, session.released));
      places.use(viewers.add(session));
      return undefined;
    };
    const onWire = (wire: Wire) =>
      this.#visits.tell(`${peer} connected (${this.clients} now): ${wire}`, log.info);
    const reason = await session.run(published, { signal, admit, onWire });
    this.#greeting.delete(session);
    if (!this.#sessions.delete(session)) {
      const budget = evicted ? this.#evictions : this.#refusals;
      return budget.tell(`${peer} ${reason}`, log.warn);
    }
    const { sent, skipped } = session;
    const figures = `${sent} frames sent, ${skipped} skipped (${this.clients} now)`;
    this.#visits.tell(`${peer} ${reason}: ${figures}`, log.info);
  }

  #closeStalled(): void {
    const { stall } = this.#options;
    for (const session of this.#sessions) {
      if (session.stalledFor > stall * 1000) {
        session.close(`closed, it took nothing for ${stall} s`);
      }
    }
  }
}
