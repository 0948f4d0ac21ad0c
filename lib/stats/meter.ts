/** Counts frames and tells their rate over the last seconds. */

/** How long a rate looks back, in milliseconds: long enough to be calm, short enough to be true. */
const WINDOW_MS = 2000;

/** A counter of frames and skips with a rate. Times are those of `clock`, in milliseconds. */
export class Meter {
  /** All frames counted. */
  frames = 0;
  /** All frames skipped. */
  skipped = 0;
  readonly #clock: () => number;
  readonly #started: number;
  /** When the window began and how many frames there were; moved on by `rate`. */
  #samples: { at: number; frames: number }[];

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#started = clock();
    this.#samples = [{ at: this.#started, frames: 0 }];
  }

  /** Counts one frame, and those skipped before it. */
  count(skipped = 0): void {
    this.frames++;
    this.skipped += skipped;
  }

  /** Seconds since the meter was made. */
  get seconds(): number {
    return (this.#clock() - this.#started) / 1000;
  }

  /** Frames a second over the last two seconds (since the start, where that is less). */
  rate(): number {
    const now = this.#clock();
    this.#samples.push({ at: now, frames: this.frames });
    // The oldest mark kept is the last one that is at least a window old.
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= WINDOW_MS) {
      this.#samples.shift();
    }
    const from = this.#samples[0];
    if (!from || now <= from.at) return 0;
    return (this.frames - from.frames) * 1000 / (now - from.at);
  }
}
