/**
 * Serves streams to all who may have them: on the wire and on the web pages. It does not know where their
 * frames come from.
 */

import { plural } from "../log/plural.ts";
import type { Log } from "../log/log.ts";
import { type Metric, single } from "../stats/metrics.ts";
import type { Stream } from "../stream/stream.ts";
import { AccessControl, type AccessControlOptions } from "./access_control.ts";
import type { Endpoint, ListenOptions } from "./listen.ts";
import { PublishedStream, type PublishedStreamOptions } from "./published_stream.ts";
import type { Certificate } from "./tls_pairs.ts";
import { Viewers } from "./viewers.ts";
import { HttpServer } from "./web/http_server.ts";
import { WireServer } from "./wire_server.ts";

/** Where to listen. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** The option that names it, for hints; `--port` where it is left out. */
  readonly option?: ListenOptions["option"];
}

export interface StreamServerOptions extends AccessControlOptions, PublishedStreamOptions {
  /** Where the wire is spoken; undefined for nowhere. */
  readonly wireAt: Address | undefined;
  /** Where the web pages are; undefined for nowhere. */
  readonly webAt: Address | undefined;
  readonly tls: Certificate | undefined;
  readonly unixMode: number | undefined;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

export class StreamServer implements AsyncDisposable {
  readonly #options: StreamServerOptions;
  readonly #access: AccessControl;
  readonly #viewers: Viewers;
  readonly #wire: WireServer | undefined;
  readonly #web: HttpServer | undefined;
  /** By name, in the order in which they were published. */
  readonly #streams = new Map<string, PublishedStream>();

  private constructor(
    options: StreamServerOptions,
    { access, viewers, wire, web }: {
      access: AccessControl;
      viewers: Viewers;
      wire: WireServer | undefined;
      web: HttpServer | undefined;
    },
  ) {
    this.#options = options;
    this.#access = access;
    this.#viewers = viewers;
    this.#wire = wire;
    this.#web = web;
  }

  /** Starts to listen. Throws a `Failure` where an address can't be had. */
  static async open(options: StreamServerOptions): Promise<StreamServer> {
    const { wireAt, webAt } = options;
    const access = new AccessControl(options);
    const viewers = new Viewers();
    await using scope = new AsyncDisposableStack();
    const wire = wireAt && scope.use(
      await WireServer.open({ option: "--port", ...options, ...wireAt, access, viewers }),
    );
    const web = webAt && scope.use(
      await HttpServer.open({ ...options, ...webAt, access, viewers }),
    );
    scope.move();
    return new StreamServer(options, { access, viewers, wire, web });
  }

  /** Where the wire is spoken. */
  get endpoint(): Endpoint | undefined {
    return this.#wire?.endpoint;
  }

  /** The port of the web pages. */
  get webPort(): number | undefined {
    return this.#web?.port;
  }

  /** What is told of it, for the status line. */
  get status(): string {
    const [sent, skipped] = [this.#viewers.total("sent"), this.#viewers.total("skipped")];
    return `${plural(this.#clients, "client")}  ${sent} sent  ${skipped} skipped`;
  }

  /** Serves `stream` until what is returned is disposed of. The first one is what silent clients get. */
  publish(stream: Stream): AsyncDisposable {
    const published = new PublishedStream(stream, this.#options);
    this.#streams.set(stream.name, published);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#streams.delete(stream.name);
        await published[Symbol.asyncDispose]();
      },
    };
  }

  /** Serves the published streams until they end, or on abort. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    const [published] = this.#streams.values();
    if (!published) return;
    const figures = { clients: () => this.#clients, metrics: () => this.#metrics(published) };
    await Promise.all([
      this.#wire?.serve(published, { signal }),
      this.#web?.serve(published, figures, { signal }),
    ]);
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire?.[Symbol.dispose]();
    await this.#web?.[Symbol.asyncDispose]();
  }

  /** Clients of all kinds that are being served. */
  get #clients(): number {
    return this.#access.clients.taken;
  }

  #metrics({ stream, ages }: PublishedStream): Metric[] {
    return [
      ...stream.metrics(),
      single("gauge", "framewire_clients", "Clients that are being served.", this.#clients),
      ...this.#viewers.metrics(),
      {
        name: "framewire_age_seconds",
        help: "From the capture of a frame to its hand-over to the system, of all clients.",
        type: "histogram",
        histogram: ages,
      },
    ];
  }
}
