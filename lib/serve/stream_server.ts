/** All by which frames leave a program: the wire, the web pages, and who may have them. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import type { Wire } from "../wire/hello.ts";
import { PublishedStream } from "./published_stream.ts";
import { Viewers } from "./viewers.ts";
import { WireServer } from "./wire_server.ts";
import { AccessControl, type AccessControlOptions } from "./access_control.ts";
import { HttpServer } from "./web/http_server.ts";
import type { Scene } from "../stream/scene.ts";
import type { Certificate } from "./tls_pairs.ts";
import type { Endpoint, ListenOptions } from "./listen.ts";
import { type Metric, single } from "../stats/metrics.ts";

/** Where to listen. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** The option that names it, for hints; `--port` where it is left out. */
  readonly option?: ListenOptions["option"];
}

export interface StreamServerOptions extends AccessControlOptions {
  /** Where the wire is spoken; undefined for nowhere. */
  readonly wireAt: Address | undefined;
  /** Where the web pages are; undefined for nowhere. */
  readonly webAt: Address | undefined;
  readonly tls: Certificate | undefined;
  readonly unixMode: number | undefined;
  /** What a client gets that does not speak. */
  readonly wire: Wire;
  /** Of JPEGs, 1 to 100. */
  readonly quality: number;
  /** Whether silent clients get nothing while the source is lost. */
  readonly holds: boolean;
  /** Seconds without progress after which a client is closed. */
  readonly stall: number;
  readonly log: Log;
}

export class StreamServer implements AsyncDisposable {
  readonly #options: StreamServerOptions;
  readonly #gate: AccessControl;
  readonly #viewers: Viewers;
  readonly #tcp: WireServer | undefined;
  readonly #web: HttpServer | undefined;
  #published: PublishedStream | undefined;

  private constructor(
    options: StreamServerOptions,
    { gate, viewers, tcp, web }: {
      gate: AccessControl;
      viewers: Viewers;
      tcp?: WireServer;
      web?: HttpServer;
    },
  ) {
    this.#options = options;
    this.#gate = gate;
    this.#viewers = viewers;
    this.#tcp = tcp;
    this.#web = web;
  }

  /** Starts to listen. Throws a `Failure` where an address can't be had. */
  static async open(options: StreamServerOptions): Promise<StreamServer> {
    const { wireAt, webAt } = options;
    const gate = new AccessControl(options);
    const viewers = new Viewers();
    await using scope = new AsyncDisposableStack();
    const tcp = wireAt && scope.use(
      await WireServer.open({ option: "--port", ...options, ...wireAt, gate, viewers }),
    );
    const web = webAt && scope.use(await HttpServer.open({ ...options, ...webAt, gate }));
    scope.move();
    return new StreamServer(options, { gate, viewers, ...(tcp && { tcp }), ...(web && { web }) });
  }

  /** Where the wire is spoken. */
  get endpoint(): Endpoint | undefined {
    return this.#tcp?.endpoint;
  }

  /** The port of the web pages. */
  get webPort(): number | undefined {
    return this.#web?.port;
  }

  /** Clients of all kinds that are being served. */
  get clients(): number {
    return this.#gate.clients.taken;
  }

  /** Whether somebody wants frames. */
  get isWanted(): boolean {
    return this.#published?.isWanted ?? false;
  }

  /** Frames sent by the wire, to all clients together. */
  get sent(): number {
    return this.#viewers.total("sent");
  }

  /** Frames that clients of the wire were too slow for, all together. */
  get skipped(): number {
    return this.#viewers.total("skipped");
  }

  /** Sends `frames` to all who come, until they end or on abort. */
  async serve(
    frames: Latest<Frame>,
    { size, fps, scene, signal }: {
      size: FrameSize;
      fps: number | undefined;
      scene: Omit<Scene, "clients">;
      signal: AbortSignal;
    },
  ): Promise<void> {
    await using published = new PublishedStream(frames, { ...this.#options, size, fps });
    this.#published = published;
    const clients = () => this.clients;
    const metrics = () => [...scene.metrics(), ...this.#metrics(published)];
    await Promise.all([
      this.#tcp?.serve(published, { signal }),
      this.#web?.serve(published, { ...scene, clients, metrics }, { signal }),
    ]);
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#tcp?.[Symbol.dispose]();
    await this.#web?.[Symbol.asyncDispose]();
  }

  /** The figures of what is sent. */
  #metrics({ ages }: PublishedStream): Metric[] {
    const watchers = [...this.#web?.watchers ?? []].map((client) => ({ client, wire: "http" }));
    const sessions = [...this.#tcp?.sessions ?? []].flatMap((client) =>
      client.wire === undefined ? [] : [{ client, wire: client.wire }]
    );
    const each = (value: "sent" | "skipped") =>
      [...sessions, ...watchers].map(({ client, wire }) => ({
        labels: { client: client.peer, wire },
        value: client[value],
      }));
    return [
      single("gauge", "framewire_clients", "Clients that are being served.", this.clients),
      single(
        "counter",
        "framewire_sent_bytes_total",
        "Bytes sent by the wire.",
        this.#viewers.total("bytes"),
      ),
      {
        name: "framewire_client_frames_sent_total",
        help: "Frames sent to a client.",
        type: "counter",
        samples: each("sent"),
      },
      {
        name: "framewire_client_frames_skipped_total",
        help: "Frames that a client was too slow for.",
        type: "counter",
        samples: each("skipped"),
      },
      {
        name: "framewire_age_seconds",
        help: "From the capture of a frame to its hand-over to the system, of all clients.",
        type: "histogram",
        histogram: ages,
      },
    ];
  }
}
