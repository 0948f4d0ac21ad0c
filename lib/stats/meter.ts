/** Counts frames and measures their rate over the last two seconds. */

/** The time span of a rate: long enough to be steady, short enough to be current. */
const WINDOW_MS = 2000;

/** Counts frames and skipped frames. Times are those of `clock`, in milliseconds. */
export class Meter {
  /** All frames counted. */
  frames = 0;
  /** All frames skipped. */
  skipped = 0;
  readonly #clock: () => number;
  readonly #started: number;
  /** Frame counts at the last calls of `rate`, oldest first. */
  #samples: { at: number; frames: number }[];

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#started = clock();
    this.#samples = [{ at: this.#started, frames: 0 }];
  }

  /** Counts one frame, and the frames skipped before it. */
  count(skipped = 0): void {
    this.frames++;
    this.skipped += skipped;
  }

  /** Seconds since the meter was created. */
  get seconds(): number {
    return (this.#clock() - this.#started) / 1000;
  }

  /** Frames per second over the last two seconds, or since the start if that is less. */
  rate(): number {
    const now = this.#clock();
    this.#samples.push({ at: now, frames: this.frames });
    // Keep the newest sample that is at least `WINDOW_MS` old, and those after it.
    while (this.#samples.length > 2 && now - (this.#samples[1]?.at ?? now) >= WINDOW_MS) {
      this.#samples.shift();
    }
    const from = this.#samples[0];
    if (!from || now <= from.at) return 0;
    return (this.frames - from.frames) * 1000 / (now - from.at);
  }
}
