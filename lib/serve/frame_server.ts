/**
 * The stream server: it listens, admits clients, and sends each of them the newest frames at its own
 * pace. Frames come in through a `Latest`; they go out on the wire that a client asks for.
 */

import { Failure } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../frame/log.ts";
import type { Wire } from "../wire/hello.ts";
import { Broadcast } from "./broadcast.ts";
import { ClientSession } from "./client_session.ts";

/** How often sessions are looked at for a stall, in milliseconds. */
const STALL_CHECK = 500;

/** How long clients get to take the frame under way when the server is told to stop, in ms. */
const STOP_PATIENCE = 1000;

/** How long to wait after a failed accept (no descriptors left, say) before the next, in ms. */
const ACCEPT_PAUSE = 200;

/** How many clients may be told at the same time that there is no place for them. */
const MOST_REFUSALS = 64;

export interface FrameServerOptions {
  /** The address to listen on: `0.0.0.0` for all of IPv4. */
  readonly hostname: string;
  /** 0 to 65535; 0 takes any that is free. */
  readonly port: number;
  /** What a client gets that does not speak. */
  readonly wire: Wire;
  /** Of JPEGs, 1 to 100. */
  readonly quality: number;
  /** How many clients are served at once; the next is turned away. */
  readonly maxClients: number;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** A listening server. It listens from its construction on; `serve` lets the waiting ones in. */
export class FrameServer implements Disposable {
  /** Where it listens; its `port` is the real one. */
  readonly address: Deno.NetAddr;
  /** Frames sent to clients that have left. */
  #sent = 0;
  /** Frames skipped for clients that have left. */
  #skipped = 0;
  readonly #options: FrameServerOptions;
  readonly #listener: Deno.TcpListener;
  readonly #sessions = new Set<ClientSession>();
  readonly #refused = new Set<ClientSession>();
  #closed = false;

  /** Starts to listen. Throws a `Failure` where the address can't be had. */
  constructor(options: FrameServerOptions) {
    this.#options = options;
    this.#listener = listen(options);
    this.address = this.#listener.addr as Deno.NetAddr;
  }

  /** The clients that are being served. */
  get clients(): number {
    return this.#sessions.size;
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
   * Serves `frames` until they end, each client having got the last one, or until abort: then each
   * client gets the rest of the frame under way, within a second.
   */
  async serve(
    frames: Latest<Frame>,
    { size, fps, signal }: { size: FrameSize; fps: number | undefined; signal: AbortSignal },
  ): Promise<void> {
    await using broadcast = new Broadcast(frames, { ...this.#options, size, fps });
    const running = new Set<Promise<void>>();
    const stallCheck = setInterval(() => this.#closeStalled(), STALL_CHECK);
    const close = () => this[Symbol.dispose]();
    signal.addEventListener("abort", close, { once: true });
    frames.ended.then(close);
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
    this.#listener.close();
  }

  /** The next connection; undefined once the listener is closed. */
  async #accept(): Promise<Deno.TcpConn | undefined> {
    let complained = false;
    while (!this.#closed) {
      try {
        return await this.#listener.accept();
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
  async #admit(conn: Deno.TcpConn, broadcast: Broadcast, signal: AbortSignal): Promise<void> {
    const session = new ClientSession(conn);
    if (this.#sessions.size < this.#options.maxClients) {
      this.#sessions.add(session);
      return await this.#run(session, broadcast, signal);
    }
    this.#options.log.warn(
      `${session.peer} turned away: ${this.#options.maxClients} clients are being served`,
    );
    if (this.#refused.size >= MOST_REFUSALS) {
      return session.close("turned away");
    }
    this.#refused.add(session);
    const message = `${this.#options.maxClients} clients are being served, try again later`;
    await session.refuse({ error: "busy", message }, { signal });
    this.#refused.delete(session);
  }

  async #run(session: ClientSession, broadcast: Broadcast, signal: AbortSignal): Promise<void> {
    const { log } = this.#options;
    const onWire = (wire: Wire) => {
      log.info(`${session.peer} connected (${this.clients} now): ${wire}`);
    };
    const reason = await session.run(broadcast, { signal, onWire });
    this.#sessions.delete(session);
    this.#sent += session.sent;
    this.#skipped += session.skipped;
    const { sent, skipped } = session;
    log.info(
      `${session.peer} ${reason}: ${sent} frames sent, ${skipped} skipped (${this.clients} now)`,
    );
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

/** Opens the listening socket. */
function listen({ hostname, port }: FrameServerOptions): Deno.TcpListener {
  try {
    return Deno.listen({ hostname, port });
  } catch (thrown) {
    const failed = `Cannot listen on ${hostname} port ${port}`;
    if (thrown instanceof Deno.errors.AddrInUse) {
      throw new Failure(
        `${failed}: the port is in use`,
        "another server may be running; choose another port with --port (0: any)",
      );
    }
    if (thrown instanceof Deno.errors.AddrNotAvailable) {
      throw new Failure(`${failed}: this host has no such address`, "leave --host out for all");
    }
    if (thrown instanceof Deno.errors.PermissionDenied) {
      throw new Failure(`${failed}: not allowed`, "ports below 1024 need root; see --port");
    }
    const reason = (thrown as Error).message;
    throw new Failure(`${failed}: ${reason}`, "give --host an address of this host");
  }
}
