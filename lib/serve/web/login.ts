/** Who may see the web pages: browsers that are logged in (by a cookie), and programs that send the token (as Bearer). */

import { getCookie } from "hono/cookie";
import type { AccessControl } from "../access_control.ts";
import type { AccessRefusal } from "../refusal.ts";
import type { HttpClient, WebContext } from "./web_context.ts";

/** How long a browser stays logged in, in seconds. */
const LOGIN_SECONDS = 7 * 24 * 3600;

/** How many browsers may be logged in; the oldest login ends first. */
const MAX_LOGINS = 1000;

export class Login {
  readonly #access: AccessControl;
  /** A browser sends cookies to all ports of a host: the port makes the name unique. */
  readonly #cookie: string;
  readonly #secure: boolean;
  /** When each login ends, by the steady clock and the cookie's value, oldest first. */
  readonly #expiry = new Map<string, number>();

  /** `secure`: the pages are encrypted, so the browser must send the cookie over TLS only. */
  constructor(access: AccessControl, { port, secure }: { port: number; secure: boolean }) {
    this.#access = access;
    this.#cookie = `framewire-${port}`;
    this.#secure = secure;
  }

  /** Why a request is refused; undefined if it is not. */
  refusal(context: WebContext): AccessRefusal | undefined {
    if (!this.#access.wantsToken || this.#isLoggedIn(context)) return undefined;
    const [, token] = /^Bearer +(.+)$/i.exec(context.req.header("authorization") ?? "") ?? [];
    return this.#access.check(context.env.client.host, token);
  }

  /** The Set-Cookie header for a browser that sends the token, or why the token is refused. */
  logIn(
    token: string,
    { host, isSecure = false }: Pick<HttpClient, "host" | "isSecure">,
  ): { cookie: string } | AccessRefusal {
    const refusal = this.#access.check(host, token);
    if (refusal) return refusal;
    const id = crypto.randomUUID() + crypto.randomUUID();
    const [oldest] = this.#expiry.keys();
    if (this.#expiry.size >= MAX_LOGINS && oldest !== undefined) this.#expiry.delete(oldest);
    this.#expiry.set(id, performance.now() + LOGIN_SECONDS * 1000);
    const attributes = `Path=/; Max-Age=${LOGIN_SECONDS}; HttpOnly; SameSite=Strict`;
    return {
      cookie: `${this.#cookie}=${id}; ${attributes}${this.#secure || isSecure ? "; Secure" : ""}`,
    };
  }

  #isLoggedIn(context: WebContext): boolean {
    const id = getCookie(context, this.#cookie);
    return id !== undefined && (this.#expiry.get(id) ?? 0) > performance.now();
  }
}
