/** Who may see the web pages: those who know the token, by a cookie or as a program does (Bearer). */

import type { Refusal } from "../../wire/hello.ts";
import type { AccessControl } from "../access_control.ts";

/** How long a browser stays logged in, in seconds. */
const LASTS = 7 * 24 * 3600;

/** How many browsers may be logged in; the oldest is forgotten first. */
const MOST = 1000;

export class Login {
  readonly #gate: AccessControl;
  /** Cookies go to all ports of a host: each has its own name. */
  readonly #cookie: string;
  readonly #secure: boolean;
  /** When each log-in ends. */
  readonly #until = new Map<string, number>();

  /** `secure`: the pages are encrypted, and the cookie goes nowhere else. */
  constructor(gate: AccessControl, { port, secure }: { port: number; secure: boolean }) {
    this.#gate = gate;
    this.#cookie = `framewire-${port}`;
    this.#secure = secure;
  }

  /** Why a request may not be answered; undefined where it may. */
  refusal(request: Request, host: string): Refusal | undefined {
    if (!this.#gate.wantsToken || this.#knows(request)) return undefined;
    const [, token] = /^Bearer +(.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    return this.#gate.check(host, token);
  }

  /** The cookie for a browser that knows the token, or why it gets none. */
  enter(token: string, host: string): { cookie: string } | Refusal {
    const refusal = this.#gate.check(host, token);
    if (refusal) return refusal;
    const id = crypto.randomUUID() + crypto.randomUUID();
    const [oldest] = this.#until.keys();
    if (this.#until.size >= MOST && oldest !== undefined) this.#until.delete(oldest);
    this.#until.set(id, performance.now() + LASTS * 1000);
    const rest = `Path=/; Max-Age=${LASTS}; HttpOnly; SameSite=Strict`;
    return { cookie: `${this.#cookie}=${id}; ${rest}${this.#secure ? "; Secure" : ""}` };
  }

  #knows(request: Request): boolean {
    const cookies = (request.headers.get("cookie") ?? "").split(/; */);
    return cookies.some((cookie) => {
      const [name, id = ""] = cookie.split("=");
      return name === this.#cookie && (this.#until.get(id) ?? 0) > performance.now();
    });
  }
}
