/** Who may be served: by address, by the token, and by number. It holds no connection. */

import { createHash, timingSafeEqual } from "node:crypto";
import type { Log } from "../log/log.ts";
import type { Refusal } from "../wire/hello.ts";
import { AddressRanges, type Cidr } from "./cidr.ts";
import { LineBudget } from "./line_budget.ts";
import { Places } from "./places.ts";

/** How often refused addresses are logged. */
const STRANGERS = { burst: 1, interval: 60_000 };

/** So many wrong tokens from an address within `WRONG_SPAN` ms: then it waits until they are older. */
const [WRONG_TOKENS, WRONG_SPAN] = [10, 60_000];

/** Of so many addresses wrong tokens are remembered; the oldest are forgotten first. */
const MOST_ADDRESSES = 4096;

export interface AccessControlOptions {
  /** Ranges of addresses that may connect; undefined for all. */
  readonly allow: readonly Cidr[] | undefined;
  readonly maxClients: number;
  readonly maxPerHost: number;
  /** The token that clients must send; undefined where none is required. */
  readonly token: string | undefined;
  readonly log: Log;
}

export class AccessControl {
  /** Of those who get pictures: clients of the wire, and watchers of the web pages. */
  readonly clients: Places;
  /**
   * Of those who listen to events. They have the same limits, but places of their own: a web page needs a
   * stream and events, and counts once.
   */
  readonly listeners: Places;
  readonly #options: AccessControlOptions;
  /** Undefined: every address may connect. */
  readonly #allowed: AddressRanges | undefined;
  readonly #token: Uint8Array | undefined;
  /** When an address gave wrong tokens, oldest first. */
  readonly #wrong = new Map<string, number[]>();
  readonly #strangers = new LineBudget(STRANGERS);

  constructor(options: AccessControlOptions) {
    const { maxClients: most, maxPerHost: perHost } = options;
    this.#options = options;
    this.#allowed = options.allow && new AddressRanges(options.allow);
    this.clients = new Places({ most, perHost, what: "clients" });
    this.listeners = new Places({ most, perHost, what: "event listeners" });
    this.#token = options.token === undefined ? undefined : digest(options.token);
  }

  /** Whether an address may connect at all. Refused addresses are logged once a minute. */
  mayConnect(host: string): boolean {
    if (!this.#allowed || this.#allowed.has(host)) return true;
    this.#strangers.tell(`${host} is not in --allow: closed`, this.#options.log.warn);
    return false;
  }

  /** Whether a token is required. */
  get wantsToken(): boolean {
    return this.#token !== undefined;
  }

  /** Why a client is refused for the token that it told, or did not tell; undefined where it is not. */
  check(host = "", token: string | undefined): Refusal | undefined {
    if (!this.#token) return undefined;
    const recent = this.#recentlyWrong(host);
    if (recent.length >= WRONG_TOKENS) {
      return { error: "token", message: "too many wrong tokens, wait a minute" };
    }
    if (token === undefined) return { error: "token", message: "a token is required" };
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
