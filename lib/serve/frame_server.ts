/**
 * The stream server: it listens, admits clients, and sends each of them the newest frames at its own
 * pace. Frames come in through a `Latest`; they go out on the wire that a client asks for.
 */

import type { Log } from "../frame/log.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import type { Broadcast } from "./broadcast.ts";
import { ClientSession } from "./client_session.ts";
import type { Gate } from "./gate.ts";
import { LineBudget } from "./line_budget.ts";
import { type Doorway, listen, type ListenOptions } from "./listen.ts";

/** How often sessions are looked at for a stall, in milliseconds. */
const STALL_CHECK = 500;

/** How long clients get to take the frame under way when the server is told to stop, in ms. */
const STOP_PATIENCE = 1000;

/** How long to wait after a failed accept (no descriptors left, say) before the next, in ms. */
const ACCEPT_PAUSE = 200;

/** How often clients are spoken of that were turned away, and those that came and left. */
const REFUSALS = { burst: 1, interval: 1000 };
const VISITS = { burst: 100, interval: 1000 };

/** How many clients may be told at the same time that there is no place for them. */
const MOST_REFUSALS = 64;

export interface FrameServerOptions extends ListenOptions {
  readonly gate: Gate;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** A listening server: clients may come from its opening on, `serve` lets the waiting ones in. */
export class FrameServer implements Disposable {
  /** Where it listens. */
  readonly doorway: Doorway;
  /** Frames sent to clients that have left. */
  #sent = 0;
  /** Bytes sent to them. */
  #bytes = 0;
  /** Frames skipped for clients that have left. */
  #skipped = 0;
  readonly #options: FrameServerOptions;
  readonly #sessions = new Set<ClientSession>();
  readonly #refused = new Set<ClientSession>();
  readonly #refusals = new LineBudget(REFUSALS);
  readonly #visits = new LineBudget(VISITS);
  #closed = false;

  private constructor(options: FrameServerOptions, doorway: Doorway) {
    this.#options = options;
    this.doorway = doorway;
  }

  /** Starts to listen. Throws a `Failure` where the address can't be had. */
  static async open(options: FrameServerOptions): Promise<FrameServer> {
    return new FrameServer(options, await listen(options));
  }

  /** The clients that are being served. */
  get clients(): number {
    return this.#sessions.size;
  }

  /** Those who are being served. */
  get sessions(): ReadonlySet<ClientSession> {
    return this.#sessions;
  }

  /** Bytes sent, to all clients together. */
  get bytes(): number {
    return [...this.#sessions].reduce((sum, session) => sum + session.bytes, this.#bytes);
  }

  /** Frames sent, to all clients together. */
  get sent(): number {
    return [...this.#sessions].reduce((sum, session) => sum + session.sent, this.#sent);
  }

  /** Frames that clients were too slow for, all together. */
  get skipped(): number {
    return [...this.#sessions].reduce((sum, session) => sum + session.skipped, this.#skipped);
  }

  /**
   * Serves frames until they end, each client having got the last one, or until abort: then each client
   * gets the rest of the frame under way, within a second.
   */
  async serve(broadcast: Broadcast, { signal }: { signal: AbortSignal }): Promise<void> {
    const running = new Set<Promise<void>>();
    const stallCheck = setInterval(() => this.#closeStalled(), STALL_CHECK);
    const close = () => this[Symbol.dispose]();
    signal.addEventListener("abort", close, { once: true });
    broadcast.frames.ended.then(close);
    try {
      for (let conn; (conn = await this.#accept());) {
        const run = this.#admit(conn, broadcast, signal);
        running.add(run);
        run.then(() => running.delete(run));
      }
      const tooLong = () => {
        for (const session of [...this.#sessions, ...this.#refused]) session.close("stopped");
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
    if (this.#closed) return;
    this.#closed = true;
    this.doorway[Symbol.dispose]();
  }

  /** The next connection; undefined once the listener is closed. */
  async #accept(): Promise<Deno.Conn | undefined> {
    let complained = false;
    while (!this.#closed) {
      try {
        return await this.doorway.accept();
      } catch (thrown) {
        if (this.#closed) break;
        // One that hung up while it waited, or no descriptor left: neither ends the server.
        if (!complained && !(thrown instanceof Deno.errors.ConnectionReset)) {
          this.#options.log.warn(`a client could not be accepted: ${(thrown as Error).message}`);
          complained = true;
        }
        await new Promise((resolve) => setTimeout(resolve, ACCEPT_PAUSE));
      }
    }
    return undefined;
  }

  /** Lets a client in, or turns it away. Never throws. */
  async #admit(conn: Deno.Conn, broadcast: Broadcast, signal: AbortSignal): Promise<void> {
    const session = new ClientSession(conn);
    const { peer, host } = session;
    const { gate } = this.#options;
    if (host !== undefined && !gate.mayConnect(host)) return session.close("a stranger");
    const refusal = gate.refusal(host);
    if (!refusal) return await this.#run(session, broadcast, signal);
    this.#refusals.tell(`${peer} turned away: ${refusal.message}`, this.#options.log.warn);
    if (this.#refused.size >= MOST_REFUSALS) return session.close("turned away");
    this.#refused.add(session);
    await session.refuse(refusal, { signal });
    this.#refused.delete(session);
  }

  async #run(session: ClientSession, broadcast: Broadcast, signal: AbortSignal): Promise<void> {
    const { gate, log } = this.#options;
    const { peer, host } = session;
    this.#sessions.add(session);
    using _place = gate.enter();
    gate.occupy(host, session.released);
    const onWire = (wire: Wire) =>
      this.#visits.tell(`${peer} connected (${this.clients} now): ${wire}`, log.info);
    const check = (hello: Hello | undefined) => gate.check(host, hello?.token);
    const reason = await session.run(broadcast, { signal, check, onWire });
    this.#sessions.delete(session);
    this.#sent += session.sent;
    this.#bytes += session.bytes;
    this.#skipped += session.skipped;
    const { sent, skipped } = session;
    if (session.wire === undefined) this.#refusals.tell(`${peer} ${reason}`, log.warn);
    else {
      const figures = `${sent} frames sent, ${skipped} skipped (${this.clients} now)`;
      this.#visits.tell(`${peer} ${reason}: ${figures}`, log.info);
    }
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
