/**
 * The web pages: the live picture, a still, what happens, figures. It listens from its opening on, and
 * answers with what `serve` is given. The token, `--allow` and the limits hold as for the wire.
 */

import { messageOf } from "../frame/failure.ts";
import type { Log } from "../frame/log.ts";
import { pngEncoderArguments } from "../ffmpeg/png_arguments.ts";
import { runFfmpeg } from "../ffmpeg/run.ts";
import type { Broadcast } from "./broadcast.ts";
import type { Gate } from "./gate.ts";
import { file, FRESH, readPage, redirect, still, text } from "./http_answers.ts";
import { eventBody, jpegBody, MULTIPART_TYPE, Watcher } from "./http_stream.ts";
import { type Certificate, explainListening } from "./listen.ts";
import { Login } from "./login.ts";
import { formatMetrics, METRICS_TYPE } from "./metrics.ts";
import type { Scene } from "./scene.ts";

/** How often the pages are told how things are, in milliseconds. */
const STATE_INTERVAL = 1000;

/** How many may listen to events at the same time. */
const MOST_LISTENERS = 256;

/** How long a still may take, in milliseconds. */
const STILL_PATIENCE = 3000;

/** The longest form that is read, in bytes. */
const LONGEST_FORM = 4096;

/** How long to wait before listening again, in milliseconds. */
const RELISTEN = 1000;

/** How long answers under way get at the end, in milliseconds. */
const STOP_PATIENCE = 500;

export interface HttpOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls: Certificate | undefined;
  readonly gate: Gate;
  /** Seconds without progress after which a reader is let go. */
  readonly stall: number;
  readonly log: Log;
}

/** Names that lead to hosts near by, or are addresses: no stranger on the Internet can have them. */
function isOurName(hostname: string): boolean {
  return /^[\d.]+$|^\[|^[^.]+$|\.(local|lan|home|internal|localhost|home\.arpa)$/i.test(hostname);
}

/** What is shown, and until when. */
interface Show {
  readonly broadcast: Broadcast;
  readonly scene: Scene;
  readonly signal: AbortSignal;
}

export class HttpServer implements AsyncDisposable {
  readonly port: number;
  readonly #options: HttpOptions;
  readonly #login: Login;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #isOver = false;
  readonly #page = readPage();
  readonly #watchers = new Set<Watcher>();
  readonly #listeners = new Set<ReturnType<typeof eventBody>>();
  #show: Show | undefined;

  private constructor(options: HttpOptions) {
    this.#options = options;
    const { hostname, port, tls, log } = options;
    this.#server = this.#listen(port);
    this.port = this.#server.addr.port;
    this.#login = new Login(options.gate, { port: this.port, secure: tls !== undefined });
    log.debug(`web pages on ${hostname} port ${this.port}`);
  }

  #listen(port: number): Deno.HttpServer<Deno.NetAddr> {
    const { hostname, tls, log } = this.#options;
    const onError = (thrown: unknown) => this.#failed(thrown);
    const address = { hostname, port, onListen: () => {}, onError };
    const server = Deno.serve(
      tls ? { ...address, cert: tls.cert, key: tls.key } : address,
      (request, { remoteAddr }) => this.#answer(request, remoteAddr as Deno.NetAddr),
    );
    // It gives up when no descriptor is left; we do not.
    server.finished.catch(async (thrown) => {
      log.warn(`the web pages are closed for a while: ${messageOf(thrown)}`);
      while (!this.#isOver) {
        await new Promise((resolve) => setTimeout(resolve, RELISTEN));
        try {
          this.#server = this.#listen(this.port);
          return log.info("the web pages are open again");
        } catch (again) {
          log.debug(`the web pages can't be opened again: ${messageOf(again)}`);
        }
      }
    });
    return server;
  }

  /** Starts to listen. Throws a `Failure` where the address can't be had. */
  static open(options: HttpOptions): HttpServer {
    try {
      return new HttpServer(options);
    } catch (thrown) {
      throw explainListening(`Cannot listen on ${options.hostname} port ${options.port}`, thrown, {
        option: "--http",
      });
    }
  }

  /** Those who watch the picture. */
  get watchers(): ReadonlySet<Watcher> {
    return this.#watchers;
  }

  /** Answers until abort. */
  async serve(
    broadcast: Broadcast,
    scene: Scene,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    this.#show = { broadcast, scene, signal };
    using _finds = scene.finds.listen((find) => this.#tell("find", find));
    const timer = setInterval(() => this.#tell("state", this.#state(scene)), STATE_INTERVAL);
    const { promise, resolve } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => resolve(), { once: true });
    broadcast.frames.ended.then(() => resolve());
    if (!signal.aborted) await promise;
    clearInterval(timer);
    this.#show = undefined;
    for (const listener of this.#listeners) listener.end();
  }

  /** Stops listening; answers under way get a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    let timer: number | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, STOP_PATIENCE));
    await Promise.race([this.#server.shutdown().catch(() => {}), patience]);
    clearTimeout(timer);
  }

  #tell(event: string, data: unknown): void {
    for (const listener of this.#listeners) listener.send(event, data);
  }

  #failed(thrown: unknown): Response {
    this.#options.log.debug(`a web page failed: ${messageOf(thrown)}`);
    return text(500, "this should not happen");
  }

  async #answer(request: Request, { hostname: host, port }: Deno.NetAddr): Promise<Response> {
    const { gate } = this.#options;
    if (!gate.mayConnect(host)) return text(403, "this address is not let in");
    const { pathname, hostname: called } = new URL(request.url);
    // A stranger's page may call its own name by our address, and then read what we answer.
    if (!gate.wantsToken && !isOurName(called)) {
      return text(
        403,
        "call this host by its address, or want a token of those who come (--token-file)",
      );
    }
    if (pathname === "/login" && gate.wantsToken) return await this.#logIn(request, host);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text(405, "GET alone is answered", { allow: "GET, HEAD" });
    }
    if (pathname === "/page.css") return file(this.#page.css, "text/css");
    const refusal = this.#login.refusal(request, host);
    if (refusal) {
      if (pathname === "/") return redirect("/login");
      const status = refusal.message.startsWith("too many") ? 429 : 401;
      return text(status, refusal.message, { "www-authenticate": "Bearer" });
    }
    const show = this.#show;
    switch (pathname) {
      case "/":
        return file(this.#page.html, "text/html");
      case "/page.js":
        return file(this.#page.js, "text/javascript");
    }
    if (!show) return text(503, "the stream has not begun, or is over", { "retry-after": "1" });
    const { scene } = show;
    switch (pathname) {
      case "/stream.mjpg":
        return this.#stream(show, `${host}:${port}`, host);
      case "/snapshot.jpg":
        return await this.#still(show, "image/jpeg");
      case "/snapshot.png":
        return await this.#still(show, "image/png");
      case "/state":
        return Response.json(this.#state(scene), { headers: FRESH });
      case "/events":
        return this.#events(scene);
      case "/metrics":
        return new Response(formatMetrics(scene.metrics()), {
          headers: { ...FRESH, "content-type": METRICS_TYPE },
        });
      case "/healthz": {
        const lost = scene.lost();
        return lost ? text(503, `lost: ${lost.why}`) : text(200, "ok");
      }
      default:
        return text(404, "there is no such page");
    }
  }

  #state(scene: Scene): unknown {
    const lost = scene.lost();
    const { broadcast } = this.#show ?? {};
    return {
      ...{ name: scene.name, ...scene.size, picture: broadcast?.size, marks: scene.marks },
      ...{ fps: Math.round(scene.rate() * 10) / 10, clients: scene.clients() },
      ...{ lost: lost ? { since: lost.since.toISOString(), why: lost.why } : null },
      time: performance.timeOrigin + performance.now(),
    };
  }

  #stream({ broadcast, signal }: Show, peer: string, host: string): Response {
    const { gate, stall, log } = this.#options;
    const refusal = gate.refusal(host);
    if (refusal) return text(503, refusal.message, { "retry-after": "5" });
    const place = gate.enter();
    const over = Promise.withResolvers<void>();
    gate.occupy(host, over.promise);
    const jpegs = broadcast.watchJpegs();
    const watcher = new Watcher(peer);
    this.#watchers.add(watcher);
    log.debug(`${peer} watches by http`);
    const onEnd = () => {
      this.#watchers.delete(watcher);
      jpegs[Symbol.dispose]();
      place[Symbol.dispose]();
      over.resolve();
      log.debug(`${peer} watches no more: ${watcher.sent} frames sent, ${watcher.skipped} skipped`);
    };
    const { ages } = broadcast;
    const body = jpegBody(jpegs.feed, watcher, { stall, ages, signal, onEnd });
    return new Response(body, { headers: { ...FRESH, "content-type": MULTIPART_TYPE } });
  }

  /** One picture: the newest. */
  async #still({ broadcast, signal }: Show, type: "image/jpeg" | "image/png"): Promise<Response> {
    const patience = AbortSignal.timeout(STILL_PATIENCE);
    if (type === "image/jpeg") {
      using jpegs = broadcast.watchJpegs();
      using reader = jpegs.feed.reader({ signal: patience });
      const taken = await reader.take();
      if (taken) return still(taken.value.bytes, type);
    } else {
      using reader = broadcast.frames.reader({ signal: patience });
      using _wanted = broadcast.want();
      const taken = await reader.take();
      const args = pngEncoderArguments(broadcast.size);
      if (taken) return still(await runFfmpeg(args, taken.value.pixels, { signal }), type);
    }
    return text(503, "no picture has come");
  }

  #events(scene: Scene): Response {
    if (this.#listeners.size >= MOST_LISTENERS) {
      return text(503, "too many listen to events", { connection: "close" });
    }
    const listener = eventBody({ onEnd: () => this.#listeners.delete(listener) });
    this.#listeners.add(listener);
    listener.send("state", this.#state(scene));
    const headers = {
      "content-type": "text/event-stream",
      "cache-control": "no-cache, no-transform",
    };
    return new Response(listener.body, { headers });
  }

  async #logIn(request: Request, host: string): Promise<Response> {
    const page = (status: number, error: string) =>
      file(this.#page.login.replace("ERROR", error), "text/html", status);
    if (request.method !== "POST") return page(200, "");
    const origin = request.headers.get("origin");
    if (origin && origin !== new URL(request.url).origin) return text(403, "from another page");
    const length = Number(request.headers.get("content-length") ?? NaN);
    if (Number.isNaN(length)) return text(411, "the form's length is missing");
    if (length > LONGEST_FORM) return text(413, "this form is too long");
    const form = new URLSearchParams(await request.text());
    const entered = this.#login.enter(form.get("token") ?? "", host);
    if ("error" in entered) return page(401, `${entered.message}.`);
    return redirect("/", { "set-cookie": entered.cookie });
  }
}
