/** Listens for HTTP: accepts connections, limits those that have no place, and answers their requests. */

import type { Log } from "../../log/log.ts";
import { Acceptor } from "../accept.ts";
import { ConnectionLimit } from "../connection_limit.ts";
import { findServeConnection } from "./deno_http.ts";
import { HttpConnection, type HttpHandler } from "./http_connection.ts";
import { type Endpoint, listen, type ListenOptions } from "../listen.ts";

/**
 * How many connections may be without a request, and how many may read an answer. A browser opens six at a
 * time; a proxy in front of the server has those of all its users.
 */
const IDLE = { perHost: 128, total: 384 };
const BUSY = { perHost: 128, total: 512 };

/** How long current answers may take when the server stops, in milliseconds. */
const STOP_MS = 500;

export interface HttpListenerOptions extends ListenOptions {
  readonly log: Log;
  /** Whether an address may connect at all. */
  readonly mayConnect: (host: string) => boolean;
  /** The address that a request from `host` counts for; that address itself without it. */
  readonly personOf?: (host: string, request: Request) => string;
  readonly handler: HttpHandler;
  /** The answer to a request for which the handler has failed. */
  readonly onError: (thrown: unknown) => Response;
}

export class HttpListener implements AsyncDisposable {
  readonly #options: HttpListenerOptions;
  readonly #endpoint: Endpoint;
  readonly #connections = new Set<HttpConnection>();
  readonly #limits = { idle: new ConnectionLimit(IDLE), busy: new ConnectionLimit(BUSY) };
  readonly #accepting: Promise<void>;

  private constructor(options: HttpListenerOptions, endpoint: Endpoint) {
    this.#options = options;
    this.#endpoint = endpoint;
    this.#accepting = this.#accept();
  }

  /** Listens and answers from now on. Throws a `Failure` if it cannot listen. */
  static async open(options: HttpListenerOptions): Promise<HttpListener> {
    findServeConnection();
    return new HttpListener(options, await listen(options));
  }

  /** The real port. */
  get port(): number {
    return this.#endpoint.port ?? 0;
  }

  /** Stops listening; current answers get a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#endpoint[Symbol.dispose]();
    await this.#accepting;
    const ending = [...this.#connections].map((connection) => {
      connection.stop();
      return connection.gone;
    });
    let timer: number | undefined;
    const timeout = new Promise<void>((resolve) => timer = setTimeout(resolve, STOP_MS));
    await Promise.race([Promise.all(ending), timeout]);
    clearTimeout(timer);
    for (const connection of this.#connections) connection.close();
  }

  async #accept(): Promise<void> {
    const { log, mayConnect, personOf, handler, onError } = this.#options;
    const makeRoom = () => this.#limits.idle.closeOne() || this.#limits.busy.closeOne();
    const acceptor = new Acceptor(this.#endpoint, { log, makeRoom });
    for (let accepted; (accepted = await acceptor.next());) {
      if (!mayConnect((accepted.remoteAddr as Deno.NetAddr).hostname)) {
        accepted.close();
        continue;
      }
      const connection = new HttpConnection(accepted, {
        limits: this.#limits,
        ...(personOf && { personOf }),
      });
      this.#connections.add(connection);
      connection.run(handler, onError).then(() => this.#connections.delete(connection));
    }
  }
}
