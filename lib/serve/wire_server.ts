/**
 * The server of the wire: it listens, admits clients, and sends each of them the newest frames at its own pace. Frames
 * come from the published streams; they go out in the format that the client requests.
 */

import { formatDuration } from "../log/format_duration.ts";
import { plural } from "../log/plural.ts";
import type { Log } from "../log/log.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import { Acceptor } from "./accept.ts";
import { ClientSession } from "./client_session.ts";
import { ConnectionLimit } from "./connection_limit.ts";
import type { AccessControl } from "./access_control.ts";
import { LineBudget, LineBudgets } from "./line_budget.ts";
import { type Endpoint, listen, type ListenOptions } from "./listen.ts";
import { type SessionEnd, STOPPED } from "./refusal.ts";
import type { StreamChoice } from "./session_control.ts";
import type { Viewers } from "./viewers.ts";

/** How often sessions are checked for a stall. */
const STALL_CHECK_MS = 500;

/** How long clients may take to read the current frame when the server stops. */
const STOP_MS = 1000;

/** How often lines are logged: refused clients, of each kind, and clients that come and leave. */
const REFUSALS = { burst: 1, interval: 1000 };
const VISITS = { burst: 100, interval: 1000 };

/** How many connections may have no accepted greeting; more if more clients may be served. */
const UNFINISHED = { perHost: 32, total: 256 };

const NOT_ALLOWED: SessionEnd = { kind: "not allowed", reason: "closed (not in --allow)" };
const EVICTED: SessionEnd = {
  kind: "evicted",
  reason: "closed (too many connections without a complete greeting)",
};

export interface WireServerOptions extends ListenOptions {
  readonly access: AccessControl;
  /** Counts the clients. */
  readonly viewers: Viewers;
  /** A client that takes nothing for so many seconds is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** A listening server: clients can connect once it is open, and wait until `serve` accepts them. */
export class WireServer implements Disposable {
  readonly endpoint: Endpoint;
  readonly #options: WireServerOptions;
  readonly #sessions = new Set<ClientSession>();
  /** Sessions that wait for a greeting, or tell a client why it is refused. */
  readonly #greeting = new Set<ClientSession>();
  readonly #unfinished: ConnectionLimit;
  readonly #refusals = new LineBudgets<SessionEnd["kind"]>(REFUSALS);
  readonly #visits = new LineBudget(VISITS);

  private constructor(options: WireServerOptions, endpoint: Endpoint) {
    this.#options = options;
    this.endpoint = endpoint;
    const { perHost, most } = options.access.clients;
    // All clients that may be served may connect at the same time.
    this.#unfinished = new ConnectionLimit({
      perHost: Math.max(UNFINISHED.perHost, perHost),
      total: Math.max(UNFINISHED.total, most),
    });
  }

  /** Starts to listen. Throws a `Failure` with the cause if it cannot. */
  static async open(options: WireServerOptions): Promise<WireServer> {
    return new WireServer(options, await listen(options));
  }

  /** The sessions that are being served. */
  get sessions(): ReadonlySet<ClientSession> {
    return this.#sessions;
  }

  /**
   * Serves frames until they end and each client has the last one, or until abort: then each client has a second to
   * read the rest of its current frame.
   */
  async serve(
    streams: StreamChoice & { ended(): Promise<void> },
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    const running = new Set<Promise<void>>();
    const stallCheck = setInterval(() => this.#closeStalled(), STALL_CHECK_MS);
    const close = () => this[Symbol.dispose]();
    signal.addEventListener("abort", close, { once: true });
    streams.ended().then(close);
    const makeRoom = () => this.#unfinished.closeOne();
    const acceptor = new Acceptor(this.endpoint, { log: this.#options.log, makeRoom });
    try {
      for (let connection; (connection = await acceptor.next());) {
        const run = this.#run(new ClientSession(connection), streams, signal);
        running.add(run);
        run.then(() => running.delete(run));
      }
      const closeAll = () => {
        for (const session of [...this.#sessions, ...this.#greeting]) session.close(STOPPED);
      };
      let timer: number | undefined;
      const closeSoon = () => timer = setTimeout(closeAll, STOP_MS);
      if (signal.aborted) closeSoon();
      else signal.addEventListener("abort", closeSoon, { once: true });
      await Promise.all(running);
      clearTimeout(timer);
      signal.removeEventListener("abort", closeSoon);
    } finally {
      clearInterval(stallCheck);
      signal.removeEventListener("abort", close);
    }
  }

  /** Stops listening. */
  [Symbol.dispose](): void {
    this.endpoint[Symbol.dispose]();
  }

  /** Serves one client, or refuses it. Never rejects. */
  async #run(
    session: ClientSession,
    streams: StreamChoice,
    signal: AbortSignal,
  ): Promise<void> {
    const { access, viewers, log } = this.#options;
    const { peer, host } = session;
    if (host !== undefined && !access.mayConnect(host)) return session.close(NOT_ALLOWED);
    using unfinished = this.#unfinished.add(host ?? "", () => session.close(EVICTED));
    using admission = new DisposableStack();
    this.#greeting.add(session);
    const admit = (hello: Hello | undefined) => {
      const refusal = access.check(host, hello?.token) ?? access.clients.refusal(host);
      if (refusal) return refusal;
      unfinished[Symbol.dispose]();
      this.#greeting.delete(session);
      this.#sessions.add(session);
      admission.use(access.clients.take(host, session.released));
      admission.use(viewers.add(session));
      return undefined;
    };
    const onWire = (wire: Wire | "list") =>
      this.#visits.tell(`${peer} connected (${this.#sessions.size} now): ${wire}`, log.info);
    const { kind, reason } = await session.run(streams, { signal, admit, onWire });
    this.#greeting.delete(session);
    if (!this.#sessions.delete(session)) {
      return this.#refusals.tell(kind, `${peer} ${reason}`, log.warn);
    }
    const { sent, skipped } = session;
    const figures = `${
      plural(sent, "frame")
    } sent, ${skipped} skipped (${this.#sessions.size} now)`;
    this.#visits.tell(`${peer} ${reason}: ${figures}`, log.info);
  }

  #closeStalled(): void {
    const { stall } = this.#options;
    for (const session of this.#sessions) {
      if (session.stalledFor > stall * 1000) {
        session.close({
          kind: "stalled",
          reason: `closed (took no data for ${formatDuration(stall)})`,
        });
      }
    }
  }
}
