/**
 * The web pages: the live picture, a still, what happens, figures. It listens from its opening on, and
 * answers with what `serve` is given. The token, `--allow` and the limits hold as for the wire.
 */

import { wallClock } from "../../frame/clock.ts";
import { abortedOr } from "../../async/aborted.ts";
import { messageOf } from "../../log/failure.ts";
import type { Frame } from "../../frame/frame.ts";
import type { Log } from "../../log/log.ts";
import { Audience } from "./audience.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { AccessControl } from "../access_control.ts";
import { file, FRESH, readPage, redirect, still, text } from "./http_answers.ts";
import type { HttpConnection } from "./http_connection.ts";
import { readForm } from "./http_form.ts";
import { HttpListener } from "./http_listener.ts";
import type { HttpSession } from "./http_stream.ts";
import type { Jpeg } from "../jpeg_encoder.ts";
import { Login } from "./login.ts";
import { formatMetrics, METRICS_TYPE } from "../../stats/metrics.ts";
import type { Scene } from "../../stream/scene.ts";
import { jpegStills, pngStills } from "./still_pictures.ts";
import type { Stills } from "./stills.ts";
import type { Certificate } from "../tls_pairs.ts";

/** How often the pages are told how things are, in milliseconds. */
const STATE_INTERVAL = 1000;

export interface HttpOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls: Certificate | undefined;
  readonly gate: AccessControl;
  /** Seconds without progress after which a reader is closed. */
  readonly stall: number;
  readonly log: Log;
}

/** Addresses, and names of the local network: nobody on the Internet can own such a name. */
function isOurName(hostname: string): boolean {
  return /^[\d.]+$|^\[|^[^.]+$|\.(local|lan|home|internal|localhost|home\.arpa)$/i.test(hostname);
}

/** What is shown, and until when. */
interface Show {
  readonly published: PublishedStream;
  readonly scene: Scene;
  readonly signal: AbortSignal;
  readonly jpegs: Stills<Jpeg>;
  readonly pngs: Stills<Frame>;
}

export class HttpServer implements AsyncDisposable {
  readonly #options: HttpOptions;
  readonly #listener: HttpListener;
  readonly #login: Login;
  readonly #page = readPage();
  readonly #audience: Audience;
  #show: Show | undefined;

  private constructor(options: HttpOptions, listener: HttpListener) {
    this.#options = options;
    this.#listener = listener;
    this.#audience = new Audience(options);
    const { gate, tls } = options;
    this.#login = new Login(gate, { port: listener.port, secure: tls !== undefined });
  }

  /** Starts to listen. Throws a `Failure` where the address can't be had. */
  static async open(options: HttpOptions): Promise<HttpServer> {
    const { gate, hostname, log } = options;
    const begun = Promise.withResolvers<HttpServer>();
    const listener = await HttpListener.open({
      ...options,
      unixMode: undefined,
      option: "--http",
      mayConnect: (host) => gate.mayConnect(host),
      handler: async (request, from) => await (await begun.promise).#answer(request, from),
      onError: (thrown) => {
        log.debug(`a web page failed: ${messageOf(thrown)}`);
        return text(500, "internal error");
      },
    });
    const server = new HttpServer(options, listener);
    begun.resolve(server);
    log.debug(`web pages on ${hostname} port ${server.port}`);
    return server;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** Those who watch the picture. */
  get watchers(): ReadonlySet<HttpSession> {
    return this.#audience.watchers;
  }

  /** Answers until abort. */
  async serve(
    published: PublishedStream,
    scene: Scene,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    const jpegs = jpegStills(published, { signal });
    const pngs = pngStills(published, { signal });
    this.#show = { published, scene, signal, jpegs, pngs };
    using _finds = scene.finds.listen((find) => this.#audience.tell("find", find));
    const timer = setInterval(
      () => this.#audience.tell("state", this.#state(scene)),
      STATE_INTERVAL,
    );
    await abortedOr(published.frames.ended, signal);
    clearInterval(timer);
    this.#show = undefined;
    this.#audience.end();
  }

  /** Stops listening; answers under way get a moment. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
  }

  async #answer(request: Request, from: HttpConnection): Promise<Response> {
    const response = await this.#route(request, from);
    // A body that nobody has asked for is not read: the connection ends with the answer.
    if (request.body && !request.bodyUsed) response.headers.set("connection", "close");
    return response;
  }

  async #route(request: Request, from: HttpConnection): Promise<Response> {
    const { gate } = this.#options;
    const { host } = from;
    const url = urlOf(request);
    if (!url) return text(400, "the Host header is not valid", { connection: "close" });
    const pathname = pathOf(url);
    // A stranger's page may call its own name by our address, and then read what we answer.
    if (!gate.wantsToken && !isOurName(url.hostname)) {
      return text(403, "open the page by IP address, or set --token-file");
    }
    if (pathname === "/login" && gate.wantsToken) return await this.#logIn(request, url, host);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return text(405, "only GET and HEAD are supported", { allow: "GET, HEAD" });
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
    if (!show) return text(503, "the stream has not started or has ended", { "retry-after": "1" });
    const { scene } = show;
    switch (pathname) {
      case "/stream.mjpg":
        return this.#audience.stream(show, request, from);
      case "/snapshot.jpg":
        return await this.#still(show.jpegs, "image/jpeg");
      case "/snapshot.png":
        return await this.#still(show.pngs, "image/png");
      case "/state":
        return Response.json(this.#state(scene), { headers: FRESH });
      case "/events":
        return this.#audience.events(show, request, from, this.#state(scene));
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
    const { published } = this.#show ?? {};
    return {
      ...{ name: scene.name, ...scene.size, picture: published?.size, marks: scene.marks },
      ...{ fps: rounded(scene.rate()), processed: rounded(scene.processed()) },
      clients: scene.clients(),
      ...{ lost: lost ? { since: lost.since.toISOString(), why: lost.why } : null },
      time: wallClock(),
    };
  }

  /** One picture: the newest. */
  async #still<T extends { readonly sequence: number }>(
    stills: Stills<T>,
    type: "image/jpeg" | "image/png",
  ): Promise<Response> {
    const taken = await stills.take();
    if (taken === "none") return text(503, "no picture has arrived", { "retry-after": "1" });
    if (taken !== "busy") return still(taken, type);
    return text(503, "too many requests for stills", { "retry-after": "1", connection: "close" });
  }

  async #logIn(request: Request, { origin: own }: URL, host: string): Promise<Response> {
    const page = (status: number, error: string) =>
      file(this.#page.login.replace("ERROR", error), "text/html", status);
    const { method } = request;
    if (method === "GET" || method === "HEAD") return page(200, "");
    if (method !== "POST") {
      return text(405, "only GET, HEAD and POST are supported", { allow: "GET, HEAD, POST" });
    }
    const origin = request.headers.get("origin");
    if (origin && origin !== own) return text(403, "the form is another site's");
    const form = await readForm(request);
    const close = { connection: "close" };
    if (form === "too long") return text(413, "the form is too long", close);
    if (form === "too late") return text(408, "the form did not arrive in time", close);
    const entered = this.#login.enter(form.get("token") ?? "", host);
    if ("error" in entered) return page(401, `${entered.message}.`);
    return redirect("/", { "set-cookie": entered.cookie });
  }
}

/** The address that is asked for; undefined where the Host header makes none. */
function urlOf(request: Request): URL | undefined {
  try {
    return new URL(request.url);
  } catch {
    return undefined;
  }
}

/** What is asked for: mjpg-streamer's addresses, which many programs know, are names of ours. */
function pathOf({ pathname, searchParams }: URL): string {
  const action = pathname === "/" ? searchParams.get("action") : null;
  if (action === "stream") return "/stream.mjpg";
  return action === "snapshot" ? "/snapshot.jpg" : pathname;
}

/** To a tenth. */
function rounded(rate: number | null): number | null {
  return rate === null ? null : Math.round(rate * 10) / 10;
}
