/**
 * Serves streams to all who may have them: on the wire and on the web pages. It does not know where their
 * frames come from.
 */

import { plural } from "../log/plural.ts";
import type { Log } from "../log/log.ts";
import { joined, labelled, type Metric, single } from "../stats/metrics.ts";
import type { Stream } from "../stream/stream.ts";
import { newServerId } from "../wire/via.ts";
import { AccessControl, type AccessControlOptions } from "./access_control.ts";
import type { Cidr } from "./cidr.ts";
import type { Endpoint, ListenOptions } from "./listen.ts";
import { PublishedStream, type PublishedStreamOptions } from "./published_stream.ts";
import { PublishedStreams } from "./published_streams.ts";
import type { Certificate } from "./tls_pairs.ts";
import { Viewers } from "./viewers.ts";
import { HttpServer } from "./web/http_server.ts";
import type { Recordings } from "./web/recordings.ts";
import { WireServer } from "./wire_server.ts";

/** Where to listen. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** The option that names it, for hints; `--port` where it is left out. */
  readonly option?: ListenOptions["option"];
}

export interface StreamServerOptions
  extends AccessControlOptions, Omit<PublishedStreamOptions, "id"> {
  /** Where the wire is spoken; undefined for nowhere. */
  readonly wireAt: Address | undefined;
  /** Where the web pages are; undefined for nowhere. */
  readonly webAt: Address | undefined;
  readonly tls: Certificate | undefined;
  readonly unixMode: number | undefined;
  /** Addresses of web servers in front of the web pages. */
  readonly trustedProxy?: readonly Cidr[];
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  /** Records from the web pages; undefined: nothing is recorded. */
  readonly recordings?: Recordings | undefined;
  readonly log: Log;
}

export class StreamServer implements AsyncDisposable {
  /** Its id for as long as it runs, by which a chain of servers that leads back to it is found. */
  readonly id = newServerId();
  readonly #options: StreamServerOptions;
  readonly #access: AccessControl;
  readonly #viewers: Viewers;
  readonly #wire: WireServer | undefined;
  readonly #web: HttpServer | undefined;
  readonly #streams = new PublishedStreams();
  /** Servers with a port for one stream alone. */
  readonly #others = new Set<(control: { signal: AbortSignal }) => Promise<void>>();
  readonly #otherRuns = new Set<Promise<void>>();
  /** While it runs. */
  #signal: AbortSignal | undefined;

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

  /**
   * Serves `stream` as `name` until what is returned is disposed of. Clients that name no stream get that of the
   * first name, in the order of `order`, else of `publish`. `options` can differ from stream to stream.
   */
  publish(
    stream: Stream,
    { name, ...options }: { readonly name: string } & Partial<Omit<PublishedStreamOptions, "id">>,
  ): AsyncDisposable {
    const published = new PublishedStream(stream, { ...this.#options, ...options, id: this.id });
    const place = this.#streams.add(name, published);
    return {
      [Symbol.asyncDispose]: async () => {
        place[Symbol.dispose]();
        await published[Symbol.asyncDispose]();
      },
    };
  }

  /** Has it run on while streams are replaced, even with none, until what is returned is disposed of. */
  hold(): Disposable {
    return this.#streams.hold();
  }

  /** Sets the names of the streams, in their order: the first is that of clients that name no stream. */
  order(names: readonly string[]): void {
    this.#streams.order(names);
  }

  /**
   * Listens at a port where clients that name no stream get `name`, until what is returned is disposed of. Throws a
   * `Failure` where it can't.
   */
  async listenFor(name: string, port: number): Promise<Disposable> {
    const { wireAt } = this.#options;
    const address = { option: "--port", hostname: wireAt?.hostname ?? "127.0.0.1", port } as const;
    const wire = await WireServer.open({
      ...{ ...this.#options, ...address },
      ...{ access: this.#access, viewers: this.#viewers },
    });
    const end = Promise.withResolvers<void>();
    const streams = {
      select: (asked?: string) => this.#streams.select(asked ?? name),
      list: () => this.#streams.list(),
      ended: () => Promise.race([this.#streams.ended(), end.promise]),
    };
    const serve = ({ signal }: { signal: AbortSignal }) => wire.serve(streams, { signal });
    this.#others.add(serve);
    if (this.#signal) this.#runOther(serve, this.#signal);
    return {
      [Symbol.dispose]: () => {
        this.#others.delete(serve);
        end.resolve();
        wire[Symbol.dispose]();
      },
    };
  }

  /** Serves the published streams until all have ended, or on abort. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    this.#signal = signal;
    const figures = { clients: () => this.#clients, metrics: () => this.#metrics() };
    for (const serve of this.#others) this.#runOther(serve, signal);
    await Promise.all([
      this.#wire?.serve(this.#streams, { signal }),
      this.#web?.serve(this.#streams, figures, { signal }),
    ]);
    await Promise.all(this.#otherRuns);
  }

  #runOther(serve: (control: { signal: AbortSignal }) => Promise<void>, signal: AbortSignal): void {
    const run = serve({ signal }).finally(() => this.#otherRuns.delete(run));
    this.#otherRuns.add(run);
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

  /** With one name, the metrics of its stream are as they are; with several, each has the label `stream`. */
  #metrics(): Metric[] {
    const each = [...this.#streams].map(([stream, published]) => {
      const metrics = [...published.stream.metrics(), ageMetric(published)];
      return this.#streams.isSeveral ? labelled(metrics, { stream }) : metrics;
    });
    return [
      ...joined(each),
      single("gauge", "framewire_clients", "Clients that are being served.", this.#clients),
      ...this.#viewers.metrics(),
    ];
  }
}

function ageMetric({ ages }: PublishedStream): Metric {
  return {
    name: "framewire_age_seconds",
    help: "From the capture of a frame to its hand-over to the system, of all clients.",
    type: "histogram",
    samples: [{ value: ages }],
  };
}
