/** Encodes the newest frame for those who ask for a still: once for all who ask at the same time. */

/** How many may wait for a still. */
const MAX_WAITING = 64;

/** A still, or why there is none. */
export type Still = Uint8Array | "none" | "busy";

export class Stills<T extends object> {
  readonly #newest: () => Promise<T | undefined>;
  readonly #encode: (frame: T) => Promise<Uint8Array>;
  #waiting = 0;
  #running: Promise<unknown> = Promise.resolve();
  /** The next encode, which has not begun: it will take the frame that is newest then. */
  #next: Promise<Uint8Array | undefined> | undefined;
  /** The last still. Frames are compared, not their numbers: placeholders share one. */
  #last: { frame: T; bytes: Uint8Array } | undefined;

  /**
   * `newest` gives the newest frame, or undefined if none arrives. It is awaited before `encode` is called. One of
   * each runs at a time.
   */
  constructor(
    newest: () => Promise<T | undefined>,
    encode: (frame: T) => Promise<Uint8Array>,
  ) {
    this.#newest = newest;
    this.#encode = encode;
  }

  /** The newest frame as a file; shared and read-only. Rejects if the encoder does. */
  async take(): Promise<Still> {
    if (this.#waiting >= MAX_WAITING) return "busy";
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
    this.#running = made.catch(() => {}); // those who wait for it get the error
    return made;
  }

  async #make(): Promise<Uint8Array | undefined> {
    const frame = await this.#newest();
    if (!frame) return undefined;
    if (this.#last?.frame === frame) return this.#last.bytes;
    const bytes = await this.#encode(frame);
    this.#last = { frame, bytes };
    return bytes;
  }
}
