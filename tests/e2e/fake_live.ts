/** A server of the page's files and of its WebSocket, whose messages the test sends: for states that a real camera rarely has. */

import { readPageFiles } from "../../lib/serve/web/page_files.ts";
import { file } from "../../lib/serve/web/http_answers.ts";
import { formatPicture, type PictureHead } from "../../lib/wire/live_message.ts";

const JPEG = Deno.readFileSync(new URL("../media/astronaut.jpg", import.meta.url));

/** A stream of the message "streams". */
export interface FakeStream {
  readonly name: string;
  readonly number?: number;
  readonly state?: Record<string, unknown> | null;
  readonly wires?: string[];
  /** Why it has ended. */
  readonly ended?: string;
  /** The recordings of one that has ended. */
  readonly recording?: unknown;
}

/** The state of a camera that is fine. */
export const FINE = {
  ...{ name: "test", width: 512, height: 512, picture: { width: 512, height: 512 } },
  ...{
    color: false,
    marks: true,
    drawn: false,
    fps: 30,
    processed: null,
    clients: 1,
    lost: null,
    time: 0,
  },
};

export class FakeLive implements AsyncDisposable {
  /** What is listed once a second; the test may change it. */
  streams: FakeStream[];
  /** Messages of the pages: text ones. */
  readonly heard: { type: string; [field: string]: unknown }[] = [];
  /** Acknowledged numbers of all pages, in order. */
  readonly acknowledged: number[] = [];
  /** How many pages have acknowledged the message "ping". */
  pings = 0;
  /** The answer to a request for /live that `refuses` does not let open a WebSocket. */
  refusal: () => Response | Promise<Response> = () => new Response("busy\n", { status: 503 });
  /** The answer to a request for a recording. */
  record: (action: string) => Response = () => Response.json({});
  /** How far `capturedAt` of the pictures is in the past, in milliseconds. */
  delay = 0;
  /** Whether pictures are sent, about 30 a second, to pages that watch. */
  sends = true;
  /** Requests for these paths break off, each entry breaks one; the test may add more. */
  readonly broken: string[] = [];
  /** The same for all requests of one load of the page: a browser may ask for a module twice. */
  readonly missing: string[] = [];
  /** Whether new connections get `refusal()` in place of a WebSocket. */
  refuses = false;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #sockets = new Set<WebSocket>();
  /** Resolve when the sockets that were opened are closed. */
  readonly #closed: Promise<unknown>[] = [];
  readonly #timers: number[];
  /** The paths that this load of the page has asked for, and that are missing. */
  readonly #hit = new Set<string>();
  #watched: string[] = [];
  #number = 0;

  constructor(streams: FakeStream[], { port = 0 } = {}) {
    this.streams = streams;
    const files = readPageFiles();
    this.#server = Deno.serve({ hostname: "127.0.0.1", port, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/live") return this.refuses ? this.refusal() : this.#upgrade(request);
      if (pathname.endsWith("/record")) {
        return request.json().then(({ action }) => this.record(action));
      }
      if (pathname === "/" && request.method === "GET") this.#loadAgain();
      const at = this.broken.indexOf(pathname);
      if (at >= 0) this.broken.splice(at, 1);
      if (this.missing.includes(pathname)) this.#hit.add(pathname);
      if (at >= 0 || this.missing.includes(pathname)) {
        return new Response(breaksOff(), { headers: { "content-type": "text/javascript" } });
      }
      const found = files.get(pathname.replace("/page/", "")) ?? files.get("index.html")!;
      return file(found.text, found.type);
    });
    this.#timers = [
      setInterval(() => this.list(), 1000),
      setInterval(() => this.#sendPictures(), 33),
    ];
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/`;
  }

  /** How many pages are connected. */
  get pages(): number {
    return this.#sockets.size;
  }

  /** The number of the last picture. */
  get sent(): number {
    return this.#number;
  }

  /** What the pages watch. */
  get watched(): string[] {
    return this.#watched;
  }

  /** Sends a text message to all pages. */
  send(message: unknown): void {
    for (const socket of this.#open()) socket.send(JSON.stringify(message));
  }

  list(): void {
    const streams = this.streams.map((stream, i) => ({
      number: stream.state === null ? undefined : i + 1,
      ...{ wires: ["jpeg"], state: FINE, ...stream },
    }));
    this.send({ type: "streams", several: streams.length > 1, streams });
  }

  /** Sends one picture of the camera with this number. */
  picture(stream: number, more: Partial<PictureHead> = {}, bytes: Uint8Array = JPEG): void {
    const head = {
      ...{ kind: "jpeg" as const, placeholder: false, stream, number: ++this.#number, rate: 0 },
      ...{ sequence: this.#number, capturedAt: Date.now() - this.delay },
    };
    for (const socket of this.#open()) socket.send(formatPicture({ ...head, ...more }, bytes));
  }

  /** Closes the connections of all pages. */
  close(code: number, reason = ""): void {
    for (const socket of this.#sockets) socket.close(code, reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.close(1001);
    await Promise.all(this.#closed);
    await this.#server.shutdown();
  }

  #loadAgain(): void {
    for (const path of this.#hit) this.missing.splice(this.missing.indexOf(path), 1);
    this.#hit.clear();
  }

  #upgrade(request: Request): Response {
    if (request.headers.get("upgrade") !== "websocket") return new Response("", { status: 426 });
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.binaryType = "arraybuffer";
    this.#closed.push(new Promise((resolve) => socket.addEventListener("close", resolve)));
    socket.onopen = () => {
      this.#sockets.add(socket);
      socket.send(JSON.stringify({ type: "ping", number: 1 }));
      this.list();
    };
    socket.onclose = () => this.#sockets.delete(socket);
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        const view = new DataView(data);
        if (view.getUint16(0, true) === 0) this.pings++;
        else this.acknowledged.push(view.getUint32(2, true));
        return;
      }
      const message = JSON.parse(data);
      this.heard.push(message);
      if (message.type === "time") socket.send(JSON.stringify({ ...message, time: Date.now() }));
      if (message.type === "watch") this.#watched = Object.keys(message.streams);
    };
    return response;
  }

  #sendPictures(): void {
    if (!this.sends) return;
    for (const [i, { name, state }] of this.streams.entries()) {
      if (this.#watched.includes(name) && state !== null) this.picture(i + 1);
    }
  }

  #open(): WebSocket[] {
    return [...this.#sockets].filter(({ readyState }) => readyState === WebSocket.OPEN);
  }
}

/** A body that ends with a failure. It begins before: what ends without an answer, Chromium asks for again. */
function breaksOff(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(new TextEncoder().encode("/* broken off"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.error(new Error("broken off"));
    },
  });
}
