/** Encodes the newest frame for those who ask for a still: once for all who ask at that time. */

/** How many may wait for a still. */
const MOST_WAITING = 64;

/** What has a number. */
interface Numbered {
  readonly sequence: number;
}

/** A still, or why there is none. */
export type Still = Uint8Array | "none" | "busy";

export class Stills<T extends Numbered> {
  readonly #newest: () => Promise<T | undefined>;
  readonly #encode: (frame: T) => Promise<Uint8Array>;
  #waiting = 0;
  #running: Promise<unknown> = Promise.resolve();
  /** The encode that has not begun yet: it will take the newest frame of that time. */
  #next: Promise<Uint8Array | undefined> | undefined;
  /** The still that was made last. */
  #last: { sequence: number; bytes: Uint8Array } | undefined;

  /**
   * `newest` gives the newest frame, undefined where none comes; it is awaited before `encode` is called.
   * One of each runs at a time.
   */
  constructor(
    newest: () => Promise<T | undefined>,
    encode: (frame: T) => Promise<Uint8Array>,
  ) {
    this.#newest = newest;
    this.#encode = encode;
  }

  /** The newest frame as a file; shared and read-only. Fails as the encoder does. */
  async take(): Promise<Still> {
    if (this.#waiting >= MOST_WAITING) return "busy";
    this.#waiting++;
    try {
      this.#next ??= this.#begin();
      return await this.#next ?? "none";
    } finally {
      this.#waiting--;
      if (this.#waiting === 0) this.#last = undefined; // it may be large
    }
  }

  #begin(): Promise<Uint8Array | undefined> {
    const made = this.#running.then(() => {
      this.#next = undefined;
      return this.#make();
    });
    this.#running = made.catch(() => {}); // those who wait for it see why
    return made;
  }

  async #make(): Promise<Uint8Array | undefined> {
    const frame = await this.#newest();
    if (!frame) return undefined;
    if (this.#last?.sequence === frame.sequence) return this.#last.bytes;
    const bytes = await this.#encode(frame);
    this.#last = { sequence: frame.sequence, bytes };
    return bytes;
  }
}
