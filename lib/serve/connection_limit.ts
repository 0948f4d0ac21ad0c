/**
 * Limits connections that are not admitted yet, per address and in total. If a new one is too many, the oldest is
 * closed: of its own address first, else of the address with the most.
 */

export interface ConnectionLimits {
  readonly perHost: number;
  readonly total: number;
}

interface Entry {
  readonly host: string;
  readonly close: () => void;
}

export class ConnectionLimit {
  readonly #limits: ConnectionLimits;
  /** The connections of each address, oldest first. */
  readonly #hosts = new Map<string, Set<Entry>>();
  #size = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Connections that are counted now. */
  get size(): number {
    return this.#size;
  }

  /**
   * Counts a connection of `host` until what is returned is disposed of. If it has to make room, it is no longer
   * counted and `close` is called.
   */
  add(host: string, close: () => void): Disposable {
    const { perHost, total } = this.#limits;
    if ((this.#hosts.get(host)?.size ?? 0) >= perHost) this.#closeOldest(host);
    else if (this.#size >= total) this.closeOne();
    const entry = { host, close };
    const entries = this.#hosts.get(host) ?? new Set();
    this.#hosts.set(host, entries.add(entry));
    this.#size++;
    return { [Symbol.dispose]: () => this.#remove(entry) };
  }

  /** Closes the oldest connection of the address with the most; returns false if there is none. */
  closeOne(): boolean {
    let [most, crowded]: [number, string | undefined] = [0, undefined];
    for (const [host, { size }] of this.#hosts) if (size > most) [most, crowded] = [size, host];
    if (crowded === undefined) return false;
    this.#closeOldest(crowded);
    return true;
  }

  #closeOldest(host: string): void {
    const [oldest] = this.#hosts.get(host) ?? [];
    if (!oldest) return;
    this.#remove(oldest);
    oldest.close();
  }

  #remove(entry: Entry): void {
    const entries = this.#hosts.get(entry.host);
    if (!entries?.delete(entry)) return;
    this.#size--;
    if (entries.size === 0) this.#hosts.delete(entry.host);
  }
}
