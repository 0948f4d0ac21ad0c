/** Who is let in: by address, by number, and by the token. It holds no connection. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Log } from "../frame/log.ts";
import type { Refusal } from "../wire/hello.ts";
import { type Cidr, isInRanges } from "./cidr.ts";
import { LineBudget } from "./line_budget.ts";

/** How often strangers are spoken of. */
const STRANGERS = { burst: 1, interval: 60_000 };

/** So many wrong tokens from an address within `WRONG_SPAN` ms: then it waits until they are older. */
const [WRONG_TOKENS, WRONG_SPAN] = [10, 60_000];

/** Of so many addresses wrong tokens are remembered; the oldest are forgotten first. */
const MOST_ADDRESSES = 4096;

export interface GateOptions {
  /** Ranges of addresses that are let in; undefined for all. */
  readonly allow: readonly Cidr[] | undefined;
  readonly maxClients: number;
  readonly maxPerHost: number;
  /** What clients must know; undefined for nothing. */
  readonly token: string | undefined;
  readonly log: Log;
}

export class Gate {
  readonly #options: GateOptions;
  readonly #token: Uint8Array | undefined;
  readonly #perHost = new Map<string, number>();
  #clients = 0;
  /** When an address gave wrong tokens, oldest first. */
  readonly #wrong = new Map<string, number[]>();
  readonly #strangers = new LineBudget(STRANGERS);

  constructor(options: GateOptions) {
    this.#options = options;
    this.#token = options.token === undefined ? undefined : digest(options.token);
  }

  /** Whether an address may talk to us at all. Those that may not are spoken of once a minute. */
  mayConnect(host: string): boolean {
    const { allow, log } = this.#options;
    if (!allow || isInRanges(host, allow)) return true;
    this.#strangers.tell(`${host} is not in --allow: closed`, log.warn);
    return false;
  }

  /** Whether clients must know a token. */
  get wantsToken(): boolean {
    return this.#token !== undefined;
  }

  /** Clients that are in. */
  get clients(): number {
    return this.#clients;
  }

  /** Why there is no place for one more client, of `host`; undefined where there is. */
  refusal(host: string | undefined): Refusal | undefined {
    const { maxClients, maxPerHost } = this.#options;
    if (this.#clients >= maxClients) {
      return { error: "busy", message: `${maxClients} clients are being served, try again later` };
    }
    if (host === undefined || (this.#perHost.get(host) ?? 0) < maxPerHost) return undefined;
    return { error: "busy", message: `${maxPerHost} clients of ${host} are being served` };
  }

  /** Counts a client until what is returned is disposed of. */
  enter(): Disposable {
    this.#clients++;
    return { [Symbol.dispose]: () => this.#clients-- };
  }

  /** Counts a connection of `host` until `over` is fulfilled: its socket may outlive its place. */
  occupy(host = "", over: Promise<unknown>): void {
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + 1);
    over.then(() => {
      const left = (this.#perHost.get(host) ?? 1) - 1;
      if (left > 0) this.#perHost.set(host, left);
      else this.#perHost.delete(host);
    });
  }

  /** Why a client is refused for the token that it told, or did not tell; undefined where it is not. */
  check(host = "", token: string | undefined): Refusal | undefined {
    if (!this.#token) return undefined;
    const recent = this.#recentlyWrong(host);
    if (recent.length >= WRONG_TOKENS) {
      return { error: "token", message: "too many wrong tokens, wait a minute" };
    }
    if (token === undefined) return { error: "token", message: "a token is wanted" };
    if (timingSafeEqual(this.#token, digest(token))) {
      this.#wrong.delete(host);
      return undefined;
    }
    this.#wrong.delete(host); // to the end of the map: it is not the oldest any more
    this.#wrong.set(host, [...recent, performance.now()]);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > MOST_ADDRESSES && oldest !== undefined) this.#wrong.delete(oldest);
    return { error: "token", message: "the token is wrong" };
  }

  #recentlyWrong(host: string): number[] {
    const now = performance.now();
    return (this.#wrong.get(host) ?? []).filter((at) => now - at < WRONG_SPAN);
  }
}

/** SHA-256: of one length whatever the token's, and it tells nothing of what comparing them takes. */
function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
