/** When the frames of a film are due: read as fast as they come, given at the film's rate. Pure. */

/** A frame that is later than this, in milliseconds, begins the schedule anew: no burst makes up for a pause. */
const MOST_LATE = 100;

/** And so many frames of a slow film. */
const MOST_LATE_FRAMES = 2;

/** What is late is made up for at no more than this many times the rate. */
const HURRY = 2;

/** So much faster than its rate a stream is played whose frames have piled up. */
const CATCH_UP = 1.25;

/** Times are those of one steady clock, in milliseconds. */
export class Pacer {
  readonly #interval: number;
  /** How much of a stream may have piled up, in milliseconds; undefined for a file, where nothing does. */
  #backlog: number | undefined;
  #due: number | undefined;
  /** When the frame before was given. */
  #given = -Infinity;

  /**
   * `fps`: frames a second. `backlog`, for a stream that may be live: how much of it may have piled up
   * before its first frame was read. It is caught up with at 1.25 times the rate, and so is what piles up
   * during a pause: a live stream is given as it comes, and a film is never faster for longer than that.
   */
  constructor({ fps, backlog }: { fps: number; backlog?: number }) {
    this.#interval = 1000 / fps;
    this.#backlog = backlog;
  }

  /**
   * For how long the frame that is there now is to be held back. Once a frame. `isLive`: frames are made as time
   * goes by, whatever rate was announced; they are given as they come.
   */
  wait(now: number, { isLive = false } = {}): number {
    let due = this.#due ?? now;
    const late = now - due;
    if (late > Math.max(MOST_LATE, MOST_LATE_FRAMES * this.#interval)) {
      due = now;
      if (this.#backlog !== undefined) this.#backlog += late;
    }
    if (isLive) due = Math.min(due, now);
    const at = Math.max(now, due, this.#given + this.#interval / HURRY);
    this.#given = at;
    let step = this.#interval;
    if (this.#backlog !== undefined && this.#backlog > 0) {
      step /= CATCH_UP;
      this.#backlog -= this.#interval - step;
    }
    this.#due = due + step;
    return at - now;
  }
}
