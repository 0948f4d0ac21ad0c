/** When the frames of a film are due: read as fast as they come, given at the film's rate. Pure. */

/** A frame that is later than this, in milliseconds, begins the schedule anew: no burst makes up for a pause. */
const MOST_LATE = 100;

/** And so many frames of a slow film. */
const MOST_LATE_FRAMES = 2;

/** So much faster than its rate a stream is played that waited before its first frame came. */
const CATCH_UP = 1.25;

/** Times are those of one steady clock, in milliseconds. */
export class Pacer {
  readonly #interval: number;
  #backlog: number;
  #due: number | undefined;

  /**
   * `fps`: frames a second. `backlog`: how much of the stream may have piled up before its first frame, in
   * milliseconds. It is caught up with at 1.25 times the rate, until a frame has to be waited for.
   */
  constructor({ fps, backlog = 0 }: { fps: number; backlog?: number }) {
    this.#interval = 1000 / fps;
    this.#backlog = backlog;
  }

  /** For how long the frame that is there now is to be held back. Once a frame. */
  wait(now: number): number {
    const due = this.#due ?? now;
    const late = now - due;
    if (this.#due !== undefined && late > 0) this.#backlog = 0; // it was waited for: none has piled up
    const step = this.#backlog > 0 ? this.#interval / CATCH_UP : this.#interval;
    this.#backlog -= this.#interval - step;
    const isTooLate = late > Math.max(MOST_LATE, MOST_LATE_FRAMES * this.#interval);
    this.#due = (isTooLate ? now : due) + step;
    return Math.max(0, due - now);
  }
}
