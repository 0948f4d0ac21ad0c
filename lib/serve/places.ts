/** How many may be served at once, in total and per address. It holds no connection. */

import type { Refusal } from "../wire/hello.ts";

export interface PlacesOptions {
  readonly most: number;
  readonly perHost: number;
  /** Who takes them, for people: `clients`. */
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

  /** How many may be served at once. */
  get most(): number {
    return this.#options.most;
  }

  /** And of one address. */
  get perHost(): number {
    return this.#options.perHost;
  }

  /** How many are served now. */
  get taken(): number {
    return this.#taken;
  }

  /** Why there is no place for one more of `host`; undefined where there is one. */
  refusal(host = ""): Refusal | undefined {
    const { most, perHost, what } = this.#options;
    // Sockets that the system still keeps count too, or they could grow without an end.
    if (this.#taken >= most || this.#held >= 2 * most) {
      return { error: "busy", message: `${most} ${what} are being served, try again later` };
    }
    if (host === "" || (this.#perHost.get(host) ?? 0) < perHost) return undefined;
    return { error: "busy", message: `${perHost} ${what} of ${host} are being served` };
  }

  /**
   * Takes a place until what is returned is disposed of. It counts as one of its address, which is left
   * out for a unix socket, until `released` is fulfilled: a socket may outlive its place.
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
