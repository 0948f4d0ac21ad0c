/** The login page: it asks for the token, and leads back to the page that was asked for. */

import type { Hono, MiddlewareHandler } from "hono";
import { file, redirect, text } from "./http_answers.ts";
import { readForm } from "./http_form.ts";
import type { Login } from "./login.ts";
import type { PageFiles } from "./page_files.ts";
import type { WebContext, WebEnv } from "./web_context.ts";

export interface LoginRoutes {
  readonly login: Login;
  readonly files: PageFiles;
}

/** Adds the routes. `rule`: that for who may send the form. */
export function addLoginRoutes(
  app: Hono<WebEnv>,
  routes: LoginRoutes,
  rule: MiddlewareHandler<WebEnv>,
): void {
  app.get("/login", () => loginPage(routes.files, 200, ""));
  app.post("/login", rule, (c) => logIn(c, routes));
}

/** Where a browser logs in that has asked for the page `url`. */
export function loginPath(url: string): string {
  const { pathname, search } = new URL(url);
  const path = pathname + search;
  return path === "/" ? "/login" : `/login?return=${encodeURIComponent(path)}`;
}

/** A path of this server, as the login got it from who knows whom; `/` for all that leads elsewhere. */
export function localPath(path: string | undefined): string {
  const url = path?.startsWith("/") ? URL.parse(path, "http://local") : null;
  if (!url || url.origin !== "http://local") return "/";
  const local = url.pathname + url.search;
  // "/.//evil" is "//evil", which is another server.
  return local.startsWith("//") ? "/" : local;
}

function loginPage(files: PageFiles, status: number, error: string): Response {
  const { text: body = "" } = files.get("login.html") ?? {};
  return file(body.replace("ERROR", error), "text/html", { status });
}

async function logIn(c: WebContext, { login, files }: LoginRoutes): Promise<Response> {
  const form = await readForm(c.req.raw);
  const close = { connection: "close" };
  if (form === "too long") return text(413, "the form is too long", close);
  if (form === "too late") return text(408, "the form did not arrive in time", close);
  const entered = login.logIn(form.get("token") ?? "", c.env.client);
  if ("error" in entered) {
    const { kind, message } = entered;
    const status = kind === "too many wrong tokens" ? 429 : 401;
    return loginPage(files, status, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`);
  }
  return redirect(localPath(c.req.query("return")), { "set-cookie": entered.cookie });
}
