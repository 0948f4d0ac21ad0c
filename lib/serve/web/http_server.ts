/**
 * The web pages: the live picture, stills, events, figures. It listens from its opening on, and shows the stream that
 * `serve` is given. The token, `--allow` and the limits hold as for clients of the wire.
 */

import { abortedOr } from "../../async/aborted.ts";
import type { Log } from "../../log/log.ts";
import type { AccessControl } from "../access_control.ts";
import type { Cidr } from "../cidr.ts";
import type { PublishedStreams } from "../published_streams.ts";
import type { Certificate } from "../tls_pairs.ts";
import type { Viewers } from "../viewers.ts";
import { text } from "./http_answers.ts";
import { HttpListener } from "./http_listener.ts";
import { Login } from "./login.ts";
import { readPageFiles } from "./page_files.ts";
import type { Recordings } from "./recordings.ts";
import { ShownStreams } from "./shown_streams.ts";
import { TrustedProxies } from "./trusted_proxies.ts";
import { createWebApp, internalError } from "./web_app.ts";
import type { HttpClient, ServerFigures } from "./web_context.ts";

export interface HttpOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls: Certificate | undefined;
  readonly access: AccessControl;
  /** Addresses of web servers in front of this one, which say for whom they ask; none if it is missing. */
  readonly trustedProxy?: readonly Cidr[] | undefined;
  /** Counts those who watch the picture. */
  readonly viewers: Viewers;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  /** Records from the pages; undefined: nothing is recorded. */
  readonly recordings?: Recordings | undefined;
  readonly log: Log;
}

export class HttpServer implements AsyncDisposable {
  readonly #listener: HttpListener;
  readonly #options: HttpOptions;
  readonly #app: ReturnType<typeof createWebApp>;
  readonly #proxies: TrustedProxies;
  #shown: ShownStreams | undefined;
  #isOver = false;

  private constructor(
    options: HttpOptions,
    { listener, proxies }: { listener: HttpListener; proxies: TrustedProxies },
  ) {
    const { access, tls, recordings, log } = options;
    this.#listener = listener;
    this.#proxies = proxies;
    this.#options = options;
    this.#app = createWebApp({
      access,
      login: new Login(access, { port: listener.port, secure: tls !== undefined }),
      files: readPageFiles(),
      shown: () => this.#shown,
      isOver: () => this.#isOver,
      recordings,
      log,
    });
  }

  /** Starts to listen. Throws a `Failure` if it cannot. */
  static async open(options: HttpOptions): Promise<HttpServer> {
    const { access, hostname, trustedProxy = [], log } = options;
    const proxies = new TrustedProxies(trustedProxy);
    const opened = Promise.withResolvers<HttpServer>();
    const listener = await HttpListener.open({
      ...options,
      unixMode: undefined,
      option: "--http",
      // A proxy connects for persons who may, and for others: they are told apart with each request.
      mayConnect: (host) => proxies.has(host) || access.mayConnect(host),
      personOf: (host, { headers }) => proxies.personOf(host, headers),
      handler: async (request, client) => await (await opened.promise).#answer(request, client),
      onError: (thrown) => internalError(thrown, log),
    });
    const server = new HttpServer(options, { listener, proxies });
    opened.resolve(server);
    log.debug(`web pages on ${hostname} port ${server.port}`);
    return server;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Shows the streams until all have ended, or on abort. */
  async serve(
    streams: PublishedStreams,
    figures: ServerFigures,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    const shown = new ShownStreams(streams, { ...this.#options, figures, signal });
    this.#shown = shown;
    await abortedOr(streams.ended(), signal);
    this.#shown = undefined;
    this.#isOver = true;
    await shown.over();
    await this.#options.recordings?.over();
  }

  /** Stops listening; current answers get a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }

  async #answer(request: Request, client: HttpClient): Promise<Response> {
    if (!hasUrl(request)) return text(400, "the Host header is not valid", { connection: "close" });
    const person = this.#proxies.clientOf(request, client);
    if (this.#proxies.has(client.host) && !this.#options.access.mayConnect(person.host)) {
      return text(403, "this address is not allowed", { connection: "close" });
    }
    return await this.#app.fetch(request, { client: person });
  }
}

/** Whether the Host header gives an address: without one the URL of the request cannot be read. */
function hasUrl(request: Request): boolean {
  try {
    return URL.canParse(request.url);
  } catch {
    return false;
  }
}
