/** The routes of the web pages: who may ask for what, and what answers. It needs no port: a test calls `app.request()`. */

// Not hono/tiny: its router takes /state/ for /state.
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Log } from "../../log/log.ts";
import { installedH264Encoders } from "../../ffmpeg/h264_encoders.ts";
import { messageOf } from "../../log/failure.ts";
import { formatMetrics, METRICS_TYPE } from "../../stats/metrics.ts";
import type { AccessControl } from "../access_control.ts";
import { data, file, picture, redirect, text, unchanged } from "./http_answers.ts";
import type { Login } from "./login.ts";
import { addLoginRoutes, loginPath } from "./login_routes.ts";
import type { PageFiles } from "./page_files.ts";
import { addRecordRoutes, takesRecordings } from "./record_routes.ts";
import type { Recordings } from "./recordings.ts";
import { stateOfShown } from "./state.ts";
import type { Stills } from "./stills.ts";
import {
  endingIn,
  health,
  healthOf,
  isRunning,
  noStream,
  ofSeveral,
  type ServedStreams,
  starting,
  statesOf,
} from "./stream_answers.ts";
import type { WebContext, WebEnv } from "./web_context.ts";

export interface WebAppOptions {
  readonly access: AccessControl;
  readonly login: Login;
  readonly files: PageFiles;
  /** The streams on the pages; undefined before the start and after the end of the server. */
  readonly shown: () => ServedStreams | undefined;
  /** Whether all streams have ended: the server is about to stop. */
  readonly isOver: () => boolean;
  /** Undefined: nothing is recorded from the pages. */
  readonly recordings?: Recordings | undefined;
  readonly log: Log;
}

type Rule = MiddlewareHandler<WebEnv>;

/** The table of routes. A request passes the rules above its route, from the top. */
export function createWebApp(options: WebAppOptions): Hono<WebEnv> {
  const { access, files, recordings, log } = options;
  const app = new Hono<WebEnv>({ getPath: pathOf });
  app.onError((thrown) => internalError(thrown, log));
  app.notFound((c) => noPage(c, files));

  app.use(closeAfterUnreadBody);
  if (!access.wantsToken) app.use(onlyLocalNames);
  if (access.wantsToken) {
    addLoginRoutes(app, options, sameOrigin);
    app.all("/login", () => methodNotAllowed("GET, HEAD and POST", "GET, HEAD, POST"));
  }
  app.use(onlyReads(recordings ? takesRecordings : () => false));
  app.get("/page/page.css", (c) => pageFile(c, files, "page.css"));
  app.use(onlyWithToken(options.login));
  app.get("/", (c) => pageFile(c, files, "index.html"));
  app.get("/page/:file", (c, next) => {
    const name = c.req.param("file");
    return files.has(name) ? pageFile(c, files, name) : next();
  });
  app.get("/live", sameOrigin, async (c) => {
    // A page that begins with JPEG fills a narrow link with pictures that H.264 then has to wait for.
    await installedH264Encoders();
    const shown = options.shown();
    if (shown) return await shown.openLive(c.req.raw, c.env.client);
    return options.isOver() ? noStream() : starting();
  });
  app.get("/metrics", () => {
    const shown = options.shown();
    return shown && isRunning(shown)
      ? data(formatMetrics(shown.figures.metrics()), METRICS_TYPE)
      : noStream();
  });
  app.get("/state", (_, next) => ofSeveral(options.shown(), statesOf, next));
  app.get("/healthz", (_, next) => ofSeveral(options.shown(), healthOf, next));
  // The first stream has the short addresses, and each one its own.
  const streamOf = onlyWithStream(options.shown);
  if (recordings) {
    const nameOf = (c: WebContext) => nameOfStream(options.shown(), c.req.param("stream"));
    addRecordRoutes(app, { recordings, nameOf }, [sameOrigin, streamOf]);
  }
  for (const prefix of ["", "/:stream"]) {
    app.get(`${prefix}/stream.mjpg`, streamOf, (c) => {
      return c.var.shown.audience.stream(c.var.shown, c.req.raw, c.env.client);
    });
    app.get(`${prefix}/snapshot.jpg`, streamOf, (c) => still(c.var.shown.jpegs, "image/jpeg"));
    app.get(`${prefix}/snapshot.png`, streamOf, (c) => still(c.var.shown.pngs, "image/png"));
    app.get(`${prefix}/state`, streamOf, (c) => {
      return data(JSON.stringify(stateOfShown(c.var.shown)), "application/json");
    });
    app.get(`${prefix}/events`, streamOf, (c) => {
      const { shown } = c.var;
      return shown.audience.events(shown, c.req.raw, {
        client: c.env.client,
        state: stateOfShown(shown),
      });
    });
    app.get(`${prefix}/healthz`, streamOf, (c) => health(c.var.shown));
  }
  // The page shows an absent camera, too: it waits for it.
  app.get("/:stream/", (c, next) => {
    const shown = options.shown();
    const isThere = !shown || !isRunning(shown) || shown.has(c.req.param("stream"));
    return isThere ? pageFile(c, files, "index.html") : next();
  });
  app.get("/:stream", streamOf, (c) => redirect(`/${c.var.shown.name}/`));
  return app;
}

/** The answer to a request for which a handler has failed. */
export function internalError(thrown: unknown, log: Log): Response {
  log.debug(`a web page failed: ${messageOf(thrown)}`);
  return text(500, "internal error");
}

/** The path of a request. mjpg-streamer's addresses, which many programs know, are names of ours. */
function pathOf({ url }: Request): string {
  const { pathname, searchParams } = new URL(url);
  const action = pathname === "/" ? searchParams.get("action") : null;
  if (action === "stream") return "/stream.mjpg";
  return action === "snapshot" ? "/snapshot.jpg" : pathname;
}

// --- the rules --------------------------------------------------------------

/** A body that no handler reads ends the connection with the answer. */
const closeAfterUnreadBody: Rule = async (c, next) => {
  const { body } = c.req.raw;
  await next();
  const { bodyUsed } = c.req.raw;
  if (body && !bodyUsed) c.header("connection", "close");
};

/**
 * Without a token the pages answer to IP addresses and local names only: nobody on the Internet can own those. Any
 * other name may be that of a stranger's page which has our address (DNS rebinding), and could read the answer.
 */
const onlyLocalNames: Rule = async (c, next) => {
  const { hostname } = new URL(c.req.url);
  if (LOCAL_NAME.test(hostname)) return await next();
  return text(403, "open the page by IP address, or set --token-file");
};

const LOCAL_NAME = /^[\d.]+$|^\[|^[^.]+$|\.(local|lan|home|internal|localhost|home\.arpa)$/i;

/**
 * A browser names the page that sends a form or opens a WebSocket; a program may leave it out. (hono's `csrf` refuses
 * programs that leave it out, and looks at some content types only.)
 */
const sameOrigin: Rule = async (c, next) => {
  const origin = c.req.header("origin");
  // Not the scheme: in front of the server there may be a proxy that adds TLS.
  if (!origin || hostOf(origin) === new URL(c.req.url).host) return await next();
  return text(403, "the request was sent by a page of another site");
};

/** Undefined for the origin of a page without one, which is "null". */
function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}

/** `takesPosts` names the paths that read what is posted. */
function onlyReads(takesPosts: (path: string) => boolean): Rule {
  return async (c, next) => {
    const { method, path } = c.req;
    if (method === "GET" || method === "HEAD") return await next();
    if (!takesPosts(path)) return methodNotAllowed("GET and HEAD", "GET, HEAD");
    if (method === "POST") return await next();
    return methodNotAllowed("GET, HEAD and POST", "GET, HEAD, POST");
  };
}

function methodNotAllowed(methods: string, allow: string): Response {
  return text(405, `only ${methods} are supported`, { allow });
}

/** A browser is sent to the login page, a program gets the status. */
function onlyWithToken(login: Login): Rule {
  return async (c, next) => {
    const refusal = login.refusal(c);
    if (!refusal) return await next();
    if (c.req.path.endsWith("/")) return redirect(loginPath(c.req.url));
    const status = refusal.kind === "too many wrong tokens" ? 429 : 401;
    return text(status, refusal.message, { "www-authenticate": "Bearer" });
  };
}

/** The stream that the path names, the first one without a name. */
function onlyWithStream(shown: WebAppOptions["shown"]): Rule {
  return async (c, next) => {
    const name = c.req.param("stream");
    const streams = shown();
    const stream = streams?.get(name);
    if (name !== undefined && streams && isRunning(streams) && !streams.has(name)) {
      return c.notFound();
    }
    if (!stream || stream.signal.aborted) return noStream(endingIn(streams, name));
    c.set("shown", stream);
    return await next();
  };
}

/** The name of a stream, which may be absent, that of the first one without; undefined where there is none. */
function nameOfStream(
  streams: ServedStreams | undefined,
  name = streams?.firstName,
): string | undefined {
  return name !== undefined && streams?.has(name) ? name : undefined;
}

// --- the answers ------------------------------------------------------------

/** A page for a browser, a line for a program. */
function noPage(c: Context, files: PageFiles): Response {
  const page = files.get("not_found.html");
  if (!page || !c.req.header("accept")?.includes("text/html")) {
    return text(404, "there is no such page");
  }
  return file(page.text, page.type, { status: 404 });
}

function pageFile(c: WebContext, files: PageFiles, name: string): Response {
  const found = files.get(name);
  if (!found) return noPage(c, files);
  const { text: body, type, tag } = found;
  return c.req.header("if-none-match") === tag ? unchanged(tag) : file(body, type, { tag });
}

/** The newest frame. */
async function still<T extends object>(
  stills: Stills<T>,
  type: "image/jpeg" | "image/png",
): Promise<Response> {
  const taken = await stills.take();
  if (taken === "none") return text(503, "no picture has arrived", { "retry-after": "1" });
  if (taken !== "busy") return picture(taken, type);
  return text(503, "too many requests for stills", { "retry-after": "1", connection: "close" });
}
