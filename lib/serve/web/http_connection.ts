/**
 * One connection of a browser or another HTTP client: served by Deno's own HTTP, one connection at a
 * time, so that it can be closed. (A connection of `Deno.serve` whose peer reads nothing stays open.)
 */

import { formatHostPort } from "../../wire/address.ts";
import type { Connection } from "../connection.ts";
import type { ConnectionLimit } from "../connection_limit.ts";
import { type ConnectionServer, serveConnection } from "./deno_http.ts";

/** How long the first request may take, the TLS handshake included, in milliseconds. */
const FIRST_REQUEST = 2500;

/** How long a connection is kept for the next request, in milliseconds. */
const KEEP_ALIVE = 15_000;

/** How long an answer may take to be read: so long, and a millisecond more for so many bytes. */
const [ANSWER, BYTES_A_MILLISECOND] = [10_000, 10];

/** How long the peer may take to close after the last byte, in milliseconds. */
const GOODBYE = 2000;

/** More requests at the same time are no browser's (HTTP/2 would allow them). */
const MOST_REQUESTS = 16;

/** Answers a request. */
export type HttpHandler = (request: Request, from: HttpConnection) => Promise<Response>;

/** Connections without a request, and those that read an answer: they are bounded apart. */
export interface HttpLimits {
  readonly idle: ConnectionLimit;
  readonly busy: ConnectionLimit;
}

export class HttpConnection {
  readonly host: string;
  /** Address and port. */
  readonly peer: string;
  readonly #connection: Connection;
  readonly #limits: HttpLimits;
  readonly #gone = Promise.withResolvers<void>();
  #server: ConnectionServer | undefined;
  /** What counts it now; undefined where it has a place of its own. */
  #counted: Disposable | undefined;
  #timer: number | undefined;
  #requests = 0;
  #holds = false;
  /** Whether no other request comes behind the one under way. */
  #isLast = false;
  #closed = false;

  constructor(connection: Connection, limits: HttpLimits) {
    const { hostname, port } = connection.remoteAddr as Deno.NetAddr;
    this.host = hostname;
    this.peer = formatHostPort({ hostname, port });
    this.#connection = connection;
    this.#limits = limits;
    this.#wait(FIRST_REQUEST);
  }

  /** Fulfilled when its socket is closed. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Answers requests until either side closes the connection. Never throws. */
  async run(handler: HttpHandler, onError: (thrown: unknown) => Response): Promise<void> {
    try {
      const conn = await this.#connection.open();
      if (this.#closed) return;
      const answer = (request: Request, { completed }: { completed: Promise<void> }) =>
        this.#answer(request, { completed, handler });
      this.#server = serveConnection(conn, { answer, onError });
      await this.#server.finished;
      this.#closeAfter(GOODBYE);
      await this.#connection.released;
    } catch {
      // The peer has gone, or the TLS handshake has failed: there is nobody to tell.
    } finally {
      this.close();
      clearTimeout(this.#timer);
      this.#counted?.[Symbol.dispose]();
      this.#gone.resolve();
    }
  }

  /** It has a place of its own from now on, for the answer that comes: no limit here counts it. */
  hold(): void {
    this.#holds = true;
    clearTimeout(this.#timer);
    this.#counted?.[Symbol.dispose]();
  }

  /** Closes it at once, whatever is under way. Can be called again. */
  close(): void {
    this.#closed = true;
    this.#server?.cancel();
    this.#connection.close();
  }

  /** Lets the answer under way end, then closes it. */
  stop(): void {
    if (this.#server) this.#server.stop();
    else this.close();
  }

  async #answer(
    request: Request,
    { completed, handler }: { completed: Promise<void>; handler: HttpHandler },
  ): Promise<Response> {
    if (++this.#requests > MOST_REQUESTS) this.close();
    if (this.#requests === 1 && !this.#holds) {
      clearTimeout(this.#timer);
      this.#count(this.#limits.busy);
    }
    const done = () => {
      if (--this.#requests > 0) return;
      if (this.#isLast) this.#closeAfter(GOODBYE);
      else this.#wait(KEEP_ALIVE);
    };
    completed.then(done, done);
    const response = await handler(request, this);
    if (response.headers.get("connection") === "close") this.#isLast = true;
    if (this.#requests > 0 && !this.#holds) {
      const bytes = Number(response.headers.get("content-length") ?? 0);
      this.#closeAfter(ANSWER + bytes / BYTES_A_MILLISECOND);
    }
    return response;
  }

  /** Waits for a request, so many milliseconds. */
  #wait(milliseconds: number): void {
    this.#count(this.#limits.idle);
    this.#closeAfter(milliseconds);
  }

  #count(limit: ConnectionLimit): void {
    this.#counted?.[Symbol.dispose]();
    if (!this.#closed) this.#counted = limit.add(this.host, () => this.close());
  }

  #closeAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.close(), milliseconds);
  }
}
