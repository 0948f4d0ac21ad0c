/** The rate of a stream of bytes in the last seconds. Pure. */

/** Long enough for keyframes and what follows them, and the least that tells a rate, in milliseconds. */
const WINDOW_MS = 4000;
const LEAST_MS = 900;

export class ByteRate {
  #counts: { readonly at: number; readonly bytes: number }[] = [];

  /** Takes note of bytes; `now` in milliseconds. */
  count(bytes: number, now: number): void {
    this.#counts.push({ at: now, bytes });
    const first = this.#counts.findIndex(({ at }) => at > now - WINDOW_MS);
    if (first > 0) this.#counts.splice(0, first);
  }

  /** Bits a second; undefined while there is less than a second of them. */
  get bits(): number | undefined {
    const [first, last] = [this.#counts[0], this.#counts.at(-1)];
    if (!first || !last || last.at - first.at < LEAST_MS) return undefined;
    const bytes = this.#counts.reduce((sum, { bytes }) => sum + bytes, 0) - last.bytes;
    return 8 * bytes / ((last.at - first.at) / 1000);
  }
}
