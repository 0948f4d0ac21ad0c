/** The routes of recordings: a page starts and stops one, lists films, and downloads them. */

import type { Hono, MiddlewareHandler } from "hono";
import { filmAnswer, noFilm } from "./film_answer.ts";
import { data, text } from "./http_answers.ts";
import { readBody } from "./http_form.ts";
import type { Recordings } from "./recordings.ts";
import type { WebContext, WebEnv } from "./web_context.ts";

type Rule = MiddlewareHandler<WebEnv>;

export interface RecordRoutes {
  readonly recordings: Recordings;
  /** The name of the stream that a path names, whether it is there at the moment or not; undefined: there is none. */
  readonly nameOf: (context: WebContext) => string | undefined;
}

/** The path of what can be recorded: that of the first stream, and of each. */
const PATHS = ["/record", "/:stream/record"];

/** Whether recordings are started and stopped at a path: besides a login, nothing else changes anything. */
export function takesRecordings(path: string): boolean {
  return /^(?:\/[^/]+)?\/record$/.test(path);
}

/** Adds the routes. `rules`: those for who may start and stop, and for the stream, which must be there. */
export function addRecordRoutes(
  app: Hono<WebEnv>,
  { recordings, nameOf }: RecordRoutes,
  rules: readonly [Rule, Rule],
): void {
  for (const path of PATHS) {
    app.post(path, ...rules, (c) => change(c, recordings));
    app.get(path, async (c, next) => {
      const name = nameOf(c);
      return name === undefined ? await next() : answer(recordings, name, 200);
    });
    app.get(`${path}/:file{.+\\.mp4}`, async (c) => {
      const name = nameOf(c);
      const asked = c.req.param("file");
      const file = name !== undefined &&
        recordings.list(name).files.find(({ name }) => name === asked);
      if (!file) return noFilm();
      return await filmAnswer(c.req.raw, file, (range) => recordings.read(name, file.name, range));
    });
  }
}

async function change(c: WebContext, recordings: Recordings): Promise<Response> {
  const action = await readAction(c.req.raw);
  if (action instanceof Response) return action;
  const { name, published, signal } = c.var.shown;
  if (action === "start") {
    if (recordings.start(name, published, { signal })) return answer(recordings, name, 200);
    return answer(recordings, name, 409, "it is being recorded already");
  }
  if (await recordings.stop(name)) return answer(recordings, name, 200);
  return answer(recordings, name, 409, "nothing is being recorded");
}

/** What the body asks for, or the answer to a body that asks for nothing. */
async function readAction(request: Request): Promise<"start" | "stop" | Response> {
  const body = await readBody(request);
  const close = { connection: "close" };
  if (body === "too long") return text(413, "the request is too long", close);
  if (body === "too late") return text(408, "the request did not arrive in time", close);
  const action = actionOf(new TextDecoder().decode(body));
  if (action === "start" || action === "stop") return action;
  return text(400, 'the body must be {"action":"start"} or {"action":"stop"}');
}

function actionOf(json: string): unknown {
  try {
    const { action } = JSON.parse(json) ?? {};
    return action;
  } catch {
    return undefined; // it is not JSON
  }
}

function answer(recordings: Recordings, name: string, status: number, error?: string): Response {
  const body = JSON.stringify({ ...(error && { error }), recording: recordings.list(name) });
  return data(body, "application/json", status);
}
