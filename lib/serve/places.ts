/** Limits how many are served at once, in total and per address. It holds no connection. */

import type { AccessRefusal } from "./refusal.ts";

export interface PlacesOptions {
  readonly most: number;
  readonly perHost: number;
  /** What is counted, for messages: `client`, `event listener`. */
  readonly what: string;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #perHost = new Map<string, number>();
  #taken = 0;
  #held = 0;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  /** The limit in total. */
  get most(): number {
    return this.#options.most;
  }

  /** The limit per address. */
  get perHost(): number {
    return this.#options.perHost;
  }

  /** How many are served now. */
  get taken(): number {
    return this.#taken;
  }

  /** Why there is no place for one more of `host`; undefined if there is one. */
  refusal(host = ""): AccessRefusal | undefined {
    const { most, perHost, what } = this.#options;
    // Sockets that the system still holds count too: otherwise their number has no bound.
    if (this.#taken >= most || this.#held >= 2 * most) {
      const message = `${areServed(most, what)}, try again later`;
      return { kind: "server full", error: "busy", message };
    }
    if (host === "" || (this.#perHost.get(host) ?? 0) < perHost) return undefined;
    const message = areServed(perHost, what, ` of ${host}`);
    return { kind: "address full", error: "busy", message };
  }

  /**
   * Takes a place until what is returned is disposed of. The socket counts for its address (undefined for a unix
   * socket) until `released` resolves: it may outlive the place.
   */
  take(host = "", released: Promise<unknown>): Disposable {
    this.#taken++;
    this.#held++;
    this.#perHost.set(host, (this.#perHost.get(host) ?? 0) + 1);
    released.then(() => {
      this.#held--;
      const left = (this.#perHost.get(host) ?? 1) - 1;
      if (left > 0) this.#perHost.set(host, left);
      else this.#perHost.delete(host);
    });
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over) this.#taken--;
        over = true;
      },
    };
  }
}

/** `1 client is being served`, `2 clients of 192.0.2.1 are being served`. */
function areServed(count: number, what: string, whose = ""): string {
  return count === 1
    ? `1 ${what}${whose} is being served`
    : `${count} ${what}s${whose} are being served`;
}
