/**
 * One connection of a browser or another HTTP client: served by Deno's own HTTP, one connection at a
 * time, so that it can be closed. (A connection of `Deno.serve` whose peer reads nothing stays open.)
 */

import { formatHostPort } from "../../wire/address.ts";
import type { Connection } from "../connection.ts";
import type { ConnectionLimit } from "../connection_limit.ts";
import {
  type ConnectionServer,
  serveConnection,
  type TakenConnection,
  takeOver,
} from "./deno_http.ts";

/** How long the first request may take, the TLS handshake included, in milliseconds. */
const FIRST_REQUEST_MS = 2500;

/** How long a connection is kept for the next request, in milliseconds. */
const KEEP_ALIVE_MS = 15_000;

/** How long the client may take to read an answer: so many milliseconds, and one more for so many bytes. */
const ANSWER_MS = 10_000;
const ANSWER_BYTES_PER_MS = 10;

/** How long the client may take to close after the last byte, in milliseconds. */
const GOODBYE_MS = 2000;

/** More requests at the same time (HTTP/2 allows them) come from no browser. */
const MAX_REQUESTS = 16;

/** Answers a request. */
export type HttpHandler = (request: Request, client: HttpConnection) => Promise<Response>;

/** Connections without a request, and those that read an answer, are limited apart. */
export interface HttpLimits {
  readonly idle: ConnectionLimit;
  readonly busy: ConnectionLimit;
}

export interface HttpConnectionOptions {
  readonly limits: HttpLimits;
  /** The address that a request from `host` counts for; that address itself without it. */
  readonly personOf?: (host: string, request: Request) => string;
  /** Speaks HTTP on the connection. */
  readonly serve?: typeof serveConnection;
}

export class HttpConnection {
  readonly host: string;
  /** Address and port. */
  readonly peer: string;
  readonly #connection: Connection;
  readonly #limits: HttpLimits;
  readonly #personOf: (host: string, request: Request) => string;
  readonly #serve: typeof serveConnection;
  readonly #gone = Promise.withResolvers<void>();
  #server: ConnectionServer | undefined;
  /** Its entry in the limit that counts it now; undefined if it has a place of its own. */
  #counted: Disposable | undefined;
  #timer: number | undefined;
  #requests = 0;
  #holds = false;
  /** Resolves when the WebSocket that it has become is gone; undefined while it is HTTP. */
  #webSocket: Promise<void> | undefined;
  /** The connection without HTTP, once it was taken over; "lost" if that has failed. */
  #taken: TakenConnection | "lost" | undefined;
  /** Whether no other request comes after the current one. */
  #isLast = false;
  #closed = false;

  constructor(
    connection: Connection,
    { limits, personOf = (host) => host, serve = serveConnection }: HttpConnectionOptions,
  ) {
    const { hostname, port } = connection.remoteAddr as Deno.NetAddr;
    this.host = hostname;
    this.peer = formatHostPort({ hostname, port });
    this.#connection = connection;
    this.#limits = limits;
    this.#personOf = personOf;
    this.#serve = serve;
    this.#wait(FIRST_REQUEST_MS);
  }

  /** Resolves when the socket is closed. */
  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  /** Answers requests until either side closes the connection. Never rejects. */
  async run(handler: HttpHandler, onError: (thrown: unknown) => Response): Promise<void> {
    try {
      const conn = await this.#connection.open();
      if (this.#closed) return;
      const answer = (request: Request, { completed }: { completed: Promise<void> }) =>
        this.#answer(request, { completed, handler });
      this.#server = this.#serve(conn, { answer, onError });
      await this.#server.finished;
      await this.#webSocket;
      this.#closeAfter(GOODBYE_MS);
      await this.#connection.released;
    } catch {
      // The client has gone, or the TLS handshake has failed: no answer can reach it.
    } finally {
      this.close();
      clearTimeout(this.#timer);
      this.#counted?.[Symbol.dispose]();
      this.#gone.resolve();
    }
  }

  /** Takes it out of the limits: the answer that follows has a place of its own. */
  hold(): void {
    this.#holds = true;
    clearTimeout(this.#timer);
    this.#counted?.[Symbol.dispose]();
  }

  /** It becomes a WebSocket, which its owner closes; `gone` resolves then. It is out of the limits. */
  upgraded(gone: Promise<void>): void {
    this.hold();
    this.#webSocket = gone;
  }

  /**
   * Takes it over from HTTP for a request that asks for it; whatever its handler returns is not sent. Undefined where
   * Deno can't do it: then the handler has to.
   */
  takeOver(request: Request): TakenConnection | undefined {
    try {
      return this.#taken = takeOver(request);
    } catch (thrown) {
      this.#taken = "lost"; // no answer can reach the client
      this.close();
      throw thrown;
    }
  }

  /** Closes it at once, in the middle of an answer too. Can be called again. */
  close(): void {
    this.#closed = true;
    if (this.#taken && this.#taken !== "lost") this.#taken.close();
    this.#server?.cancel();
    this.#connection.close();
  }

  /** Closes it after the current answer. */
  stop(): void {
    if (this.#server) this.#server.stop();
    else this.close();
  }

  async #answer(
    request: Request,
    { completed, handler }: { completed: Promise<void>; handler: HttpHandler },
  ): Promise<Response> {
    this.#requests++;
    const done = () => {
      // An upgrade completes its request at once.
      if (--this.#requests > 0 || this.#webSocket) return;
      if (this.#isLast) this.#closeAfter(GOODBYE_MS);
      else this.#wait(KEEP_ALIVE_MS);
    };
    completed.then(done, done);
    if (this.#requests > MAX_REQUESTS) this.close();
    if (this.#closed) return new Response(null, { status: 503 }); // nobody reads it
    if (this.#requests === 1 && !this.#holds) {
      clearTimeout(this.#timer);
      this.#count(this.#limits.busy, this.#personOf(this.host, request));
    }
    const response = await handler(request, this);
    if (this.#taken) return await new Promise<never>(() => {});
    if (response.headers.get("connection") === "close") this.#isLast = true;
    if (this.#requests > 0 && !this.#holds) {
      const bytes = Number(response.headers.get("content-length") ?? 0);
      this.#closeAfter(ANSWER_MS + bytes / ANSWER_BYTES_PER_MS);
    }
    return response;
  }

  /** Waits for a request for so many milliseconds. */
  #wait(milliseconds: number): void {
    this.#count(this.#limits.idle);
    this.#closeAfter(milliseconds);
  }

  #count(limit: ConnectionLimit, host = this.host): void {
    this.#counted?.[Symbol.dispose]();
    if (!this.#closed) this.#counted = limit.add(host, () => this.close());
  }

  #closeAfter(milliseconds: number): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.close(), milliseconds);
  }
}
