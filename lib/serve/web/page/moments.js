/** The pictures of past detections, in the page's memory: bounded, the oldest goes. */

/** How many are kept, and how many bytes. */
const [MAX_MOMENTS, MAX_BYTES] = [60, 24e6];

export class Moments {
  /** By the key of each, oldest first. */
  #moments = new Map();
  #bytes = 0;

  /** Keeps a JPEG (a Blob) with the detection that it shows, in place of the one before of the same `key`. */
  keep(key, { blob, detection }) {
    this.#drop(key);
    this.#moments.set(key, { blob, detection });
    this.#bytes += blob.size;
    for (const oldest of this.#moments.keys()) {
      if (this.#moments.size <= MAX_MOMENTS && this.#bytes <= MAX_BYTES) break;
      this.#drop(oldest);
    }
  }

  /** Undefined if it was not kept, or is gone. */
  get(key) {
    return this.#moments.get(key);
  }

  #drop(key) {
    this.#bytes -= this.#moments.get(key)?.blob.size ?? 0;
    this.#moments.delete(key);
  }
}
