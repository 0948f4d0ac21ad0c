/** Paces the frames of a film, which are read early, to the film's rate. Pure. */

/**
 * A frame that is later than this, in milliseconds and in frames, starts a new schedule: after a pause no burst of
 * frames follows.
 */
const MAX_LATE_MS = 100;
const MAX_LATE_FRAMES = 2;

/** Late frames follow each other at most at this multiple of the rate. */
const LATE_SPEED = 2;

/** A stream with a backlog is played at this multiple of its rate. */
const BACKLOG_SPEED = 1.25;

/** Decides how long each frame waits. Times are of one steady clock, in milliseconds. */
export class Pacer {
  readonly #interval: number;
  /** How much of a stream can have piled up, in milliseconds; undefined for a file, where nothing piles up. */
  #backlog: number | undefined;
  #due: number | undefined;
  /** When the previous frame was given. */
  #given = -Infinity;

  /**
   * `fps`: frames a second. `backlog`, for a stream that can be live: how much of it can have piled up before its
   * first frame was read. The backlog, and what piles up during a pause, is played at 1.25 times the rate: so a
   * live stream catches up, and a film is faster only for that long.
   */
  constructor({ fps, backlog }: { fps: number; backlog?: number }) {
    this.#interval = 1000 / fps;
    this.#backlog = backlog;
  }

  /**
   * How long the current frame waits. Called once a frame. `isLive`: the source produces frames in real time,
   * whatever rate it announces, and none is held back.
   */
  wait(now: number, { isLive = false } = {}): number {
    let due = this.#due ?? now;
    const late = now - due;
    if (late > Math.max(MAX_LATE_MS, MAX_LATE_FRAMES * this.#interval)) {
      due = now;
      if (this.#backlog !== undefined) this.#backlog += late;
    }
    if (isLive) due = Math.min(due, now);
    const at = Math.max(now, due, this.#given + this.#interval / LATE_SPEED);
    this.#given = at;
    let step = this.#interval;
    if (this.#backlog !== undefined && this.#backlog > 0) {
      step /= BACKLOG_SPEED;
      this.#backlog -= this.#interval - step;
    }
    this.#due = due + step;
    return at - now;
  }
}
