/** What is measured of a stream's pictures in the last moment: rate, age, bytes, skipped frames. */

/** How long a picture counts, in milliseconds. */
const WINDOW_MS = 2000;

export class Figures {
  /** When each picture was drawn, and its age then, oldest first. */
  #drawn = [];
  /** When each message arrived, and its bytes, oldest first. */
  #arrived = [];
  #lastSequence;
  /** Frames of the camera that were never drawn. */
  skipped = 0;

  arrived(bytes, at) {
    this.#arrived.push({ at, bytes });
  }

  /** `age` in milliseconds; undefined if it is not known. */
  drawn({ sequence }, { at, age }) {
    const last = this.#lastSequence;
    // A lower number is that of a source that has begun again.
    if (last !== undefined && sequence > last) this.skipped += sequence - last - 1;
    this.#lastSequence = sequence;
    this.#drawn.push({ at, age });
  }

  /** Begins again after a pause, which is no loss. */
  restart() {
    this.#lastSequence = undefined;
    this.#drawn = [];
    this.#arrived = [];
  }

  /** Pictures a second, their median age in milliseconds (undefined without one), and bits a second. */
  at(now) {
    this.#drawn = this.#drawn.filter(({ at }) => now - at <= WINDOW_MS);
    this.#arrived = this.#arrived.filter(({ at }) => now - at <= WINDOW_MS);
    const ages = this.#drawn.flatMap(({ age }) => age ?? []).sort((a, b) => a - b);
    const bytes = this.#arrived.reduce((sum, { bytes }) => sum + bytes, 0);
    return {
      fps: this.#drawn.length * 1000 / WINDOW_MS,
      age: ages[ages.length >> 1],
      bitrate: bytes * 8 * 1000 / WINDOW_MS,
    };
  }
}
