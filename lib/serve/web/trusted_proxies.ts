/**
 * Web servers in front of this one: from their addresses alone, X-Forwarded-For and X-Forwarded-Proto say who asks, and
 * whether over TLS. From all others these headers are ignored: everybody can write them.
 */

import { isIP } from "node:net";
import { AddressRanges, type Cidr } from "../cidr.ts";
import type { HttpClient } from "./web_context.ts";

/** So many addresses of a chain are read; a longer one is nobody's. */
const MOST_HOPS = 32;

export class TrustedProxies {
  readonly #ranges: AddressRanges;

  constructor(ranges: readonly Cidr[]) {
    this.#ranges = new AddressRanges(ranges);
  }

  /** Whether connections from an address are those of a trusted proxy. */
  has(host: string): boolean {
    return this.#ranges.has(host);
  }

  /**
   * The address of the person behind a request that `host` has sent: the rightmost one of X-Forwarded-For that is not a
   * trusted proxy, or the leftmost where all are. `host` itself where it is not trusted, or has not said it.
   */
  personOf(host: string, headers: Headers): string {
    if (!this.has(host)) return host;
    const hops = (headers.get("x-forwarded-for") ?? "").split(",").slice(-MOST_HOPS);
    let person = host;
    for (const hop of hops.toReversed()) {
      const address = addressOf(hop);
      // What stands to the left of a word that is no address cannot be checked.
      if (address === undefined) return person;
      person = address;
      if (!this.has(address)) return person;
    }
    return person;
  }

  /** Whether a trusted proxy at `host` has got this request over TLS. */
  isSecure(host: string, headers: Headers): boolean {
    const protocols = (headers.get("x-forwarded-proto") ?? "").split(",");
    return this.has(host) && protocols.at(-1)?.trim().toLowerCase() === "https";
  }

  /** The client of a request: the person, on the connection of the proxy. */
  clientOf({ headers }: Request, client: HttpClient): HttpClient {
    const person = this.personOf(client.host, headers);
    const isSecure = this.isSecure(client.host, headers);
    return person === client.host && !isSecure ? client : new ProxiedClient(client, {
      ...{ person, isSecure },
    });
  }
}

/** A person on the connection of a proxy. */
class ProxiedClient implements HttpClient {
  readonly host: string;
  readonly peer: string;
  readonly isSecure: boolean;
  readonly #proxy: HttpClient;

  constructor(proxy: HttpClient, { person, isSecure }: { person: string; isSecure: boolean }) {
    this.host = person;
    this.peer = person === proxy.host ? proxy.peer : `${person} via ${proxy.peer}`;
    this.isSecure = isSecure;
    this.#proxy = proxy;
  }

  get gone(): Promise<void> {
    return this.#proxy.gone;
  }

  hold(): void {
    this.#proxy.hold();
  }

  takeOver(request: Request): ReturnType<HttpClient["takeOver"]> {
    return this.#proxy.takeOver(request);
  }

  upgraded(gone: Promise<void>): void {
    this.#proxy.upgraded(gone);
  }

  close(): void {
    this.#proxy.close();
  }
}

/** The address in a part of the header, which can have a port: `192.0.2.7`, `192.0.2.7:99`, `[2001:db8::7]:99`. */
function addressOf(hop: string): string | undefined {
  const text = hop.trim();
  const [, bracketed, plain] = /^\[([^\]]+)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = bracketed ?? plain ?? text;
  return isIP(address) ? address : undefined;
}
