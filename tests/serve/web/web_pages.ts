/** The web pages without a port: requests go to the routes, and the client is an object. */

import { AccessControl } from "../../../lib/serve/access_control.ts";
import { PublishedStream } from "../../../lib/serve/published_stream.ts";
import { Viewers } from "../../../lib/serve/viewers.ts";
import { Audience } from "../../../lib/serve/web/audience.ts";
import { Login } from "../../../lib/serve/web/login.ts";
import type { Recordings } from "../../../lib/serve/web/recordings.ts";
import { Stills } from "../../../lib/serve/web/stills.ts";
import type { ServedStreams } from "../../../lib/serve/web/stream_answers.ts";
import { createWebApp } from "../../../lib/serve/web/web_app.ts";
import type { HttpClient, Shown } from "../../../lib/serve/web/web_context.ts";
import type { Frame } from "../../../lib/frame/frame.ts";
import type { Jpeg } from "../../../lib/frame/jpeg.ts";
import { type Ending, Latest } from "../../../lib/frame/latest.ts";
import { MemoryStream } from "../../stream/memory_stream.ts";

export const log = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

const files = new Map([
  ["index.html", { text: "<p>page</p>", type: "text/html", tag: '"1"' }],
  ["login.html", { text: "<form>ERROR</form>", type: "text/html", tag: '"1"' }],
  ["not_found.html", { text: "<p>none</p>", type: "text/html", tag: '"1"' }],
  ["page.css", { text: "p {}", type: "text/css", tag: '"1"' }],
  ["main.js", { text: "let page;", type: "text/javascript", tag: '"1"' }],
]);

/** A client at an address, and what its answers did with the connection. */
export class MemoryClient implements HttpClient {
  readonly host: string;
  readonly peer: string;
  holds = false;
  closed = false;
  readonly #gone = Promise.withResolvers<void>();

  constructor(host = "192.0.2.1") {
    this.host = host;
    this.peer = `${host}:7`;
  }

  get gone(): Promise<void> {
    return this.#gone.promise;
  }

  hold(): void {
    this.holds = true;
  }

  takeOver(): undefined {}

  upgraded(gone: Promise<void>): void {
    this.hold();
    gone.then(() => this.#gone.resolve());
  }

  close(): void {
    this.closed = true;
    this.#gone.resolve();
  }
}

/** JPEGs that the test puts, in place of those of an encoder. */
class MemoryPublished extends PublishedStream {
  readonly jpegs = new Latest<Jpeg>();
  watching = 0;

  override subscribeJpegs(): { frames: Latest<Jpeg> } & Disposable {
    this.watching++;
    return { frames: this.jpegs, [Symbol.dispose]: () => void this.watching-- };
  }
}

export interface WebPagesOptions {
  readonly token?: string;
  readonly maxPerHost?: number;
  readonly stall?: number;
  readonly secure?: boolean;
  /** The stills that `/snapshot.png` and `/snapshot.jpg` give. */
  readonly still?: () => Promise<Uint8Array>;
  readonly recordings?: Recordings;
}

/** The pages of a stream in memory. */
export function webPages(options: WebPagesOptions = {}) {
  const { token, maxPerHost = 16, stall = 10, secure = false, recordings } = options;
  const access = new AccessControl({ allow: undefined, token, maxClients: 64, maxPerHost, log });
  const viewers = new Viewers();
  const audience = new Audience({ access, viewers, stall, log });
  const stream = new MemoryStream({ fps: 30 });
  const published = new MemoryPublished(stream, {
    wire: "raw",
    quality: 90,
    holds: false,
    id: "0123456789ab",
    log,
  });
  const stop = new AbortController();
  const stills = <T extends object>(value: T) =>
    new Stills(
      () => Promise.resolve(value),
      options.still ?? (() => Promise.resolve(Uint8Array.of(1, 2))),
    );
  const pages = {
    shown: undefined as Shown | undefined,
    others: [] as Shown[],
    isOver: false,
    /** Names of streams that are configured, and absent. */
    absent: [] as string[],
    /** Why those that are absent have ended. */
    endings: {} as Record<string, Ending>,
  };
  const shown: Shown = {
    name: "camera",
    published,
    audience,
    figures: { clients: () => access.clients.taken, metrics: () => viewers.metrics() },
    signal: stop.signal,
    jpegs: stills({} as Jpeg),
    pngs: stills({} as Frame),
    ...(recordings && { recording: () => recordings.state("camera") }),
  };
  pages.shown = shown;
  const login = new Login(access, { port: 8080, secure });
  const get = (name?: string) => {
    const found = [shown, ...pages.others].find((stream) => stream.name === (name ?? shown.name));
    if (pages.absent.includes(found?.name ?? "")) return undefined;
    return stop.signal.aborted || found?.published.frames.isEnded ? undefined : found;
  };
  const names = () => [shown, ...pages.others].map(({ name }) => name);
  const streams: ServedStreams = {
    ...{ get, figures: shown.figures },
    all: () => names().flatMap((name) => get(name) ?? []),
    has: (name) => names().includes(name),
    endingOf: (name) => pages.endings[name],
    firstName: shown.name,
    openLive: () => Promise.resolve(new Response("live")),
    get names() {
      return names();
    },
    get isSeveral() {
      return names().length > 1;
    },
  };
  const app = createWebApp({
    ...{ access, login, files, recordings, log },
    shown: () => pages.shown ? streams : undefined,
    isOver: () => pages.isOver,
  });
  /** Asks for `path`, or for a whole address. */
  const ask = async (path: string, init: RequestInit = {}, client = new MemoryClient()) =>
    await app.request(path, init, { client });
  return { ask, app, access, viewers, audience, stream, published, stop, pages, shown };
}

/** Status and text of an answer. */
export async function read(response: Response): Promise<[number, string]> {
  return [response.status, await response.text()];
}

/** The status alone. */
export async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response;
  await body?.cancel();
  return status;
}
