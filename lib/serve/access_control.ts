/** Who may be served: checks addresses, tokens and numbers. It holds no connection. */

import { createHash, timingSafeEqual } from "node:crypto";
import { type Clock, steadyClock } from "../async/clock.ts";
import type { Log } from "../log/log.ts";
import { AddressRanges, type Cidr } from "./cidr.ts";
import { LineBudget } from "./line_budget.ts";
import { Places } from "./places.ts";
import type { AccessRefusal } from "./refusal.ts";

/** How often refused addresses are logged. */
const STRANGERS = { burst: 1, interval: 60_000 };

/** After so many wrong tokens within `WRONG_TOKENS_MS`, an address is refused until they are older. */
const WRONG_TOKENS = 10;
const WRONG_TOKENS_MS = 60_000;

/** Wrong tokens are remembered for so many addresses; the oldest address is forgotten first. */
const MOST_ADDRESSES = 4096;

export interface AccessControlOptions {
  /** Ranges of addresses that may connect; undefined for all. */
  readonly allow: readonly Cidr[] | undefined;
  readonly maxClients: number;
  readonly maxPerHost: number;
  /** The token that clients must send; undefined where none is required. */
  readonly token: string | undefined;
  readonly log: Log;
  readonly clock?: Clock;
}

export class AccessControl {
  /** The places of those who get frames: clients of the wire and of the web pages. */
  readonly clients: Places;
  /**
   * The places of those who listen to events. They have the same limits but are counted apart: a web page uses both a
   * stream and events, and counts once.
   */
  readonly listeners: Places;
  readonly #options: AccessControlOptions;
  readonly #clock: Clock;
  /** Undefined: every address may connect. */
  readonly #allowed: AddressRanges | undefined;
  readonly #token: Uint8Array | undefined;
  /** When each address sent wrong tokens; the oldest address is first. */
  readonly #wrong = new Map<string, number[]>();
  readonly #strangers = new LineBudget(STRANGERS);

  constructor(options: AccessControlOptions) {
    const { maxClients: most, maxPerHost: perHost } = options;
    this.#options = options;
    this.#clock = options.clock ?? steadyClock;
    this.#allowed = options.allow && new AddressRanges(options.allow);
    this.clients = new Places({ most, perHost, what: "client" });
    this.listeners = new Places({ most, perHost, what: "event listener" });
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

  /** Why a client with this token (undefined: without one) is refused; undefined if it is not. */
  check(host = "", token: string | undefined): AccessRefusal | undefined {
    if (!this.#token) return undefined;
    const recent = this.#recentlyWrong(host);
    if (recent.length >= WRONG_TOKENS) {
      const message =
        "too many wrong tokens from this address; correct the token, and retry after a minute";
      return { kind: "too many wrong tokens", error: "token", message };
    }
    if (token === undefined) {
      return { kind: "no token", error: "token", message: "a token is required" };
    }
    if (timingSafeEqual(this.#token, digest(token))) {
      this.#wrong.delete(host);
      return undefined;
    }
    this.#wrong.delete(host); // moves it to the end of the map
    this.#wrong.set(host, [...recent, this.#clock.now()]);
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > MOST_ADDRESSES && oldest !== undefined) this.#wrong.delete(oldest);
    return { kind: "wrong token", error: "token", message: "the token is wrong" };
  }

  #recentlyWrong(host: string): number[] {
    const now = this.#clock.now();
    return (this.#wrong.get(host) ?? []).filter((at) => now - at < WRONG_TOKENS_MS);
  }
}

/** SHA-256: all digests have one length, so the time of a comparison shows nothing of the token. */
function digest(token: string): Uint8Array {
  return createHash("sha256").update(token).digest();
}
