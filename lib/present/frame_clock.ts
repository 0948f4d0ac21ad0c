/** When each frame of a record is shown: clocks whose times only grow, in milliseconds. Pure. */

import type { Frame } from "../frame/frame.ts";

export interface FrameClock {
  /** The time of the next frame; `now` is a steady clock's, in milliseconds. */
  timeOf(frame: Frame, now: number): number;
}

/**
 * A camera's time that goes ahead by so much more than ours, in milliseconds, has been set. Frames that were
 * held up on the way make a smaller difference: they are as old as `--stall` lets them be.
 */
const LEAP = 60_000;

/**
 * The times of capture. Where those jump (the clock is set, the server starts again) the record goes on by
 * the time that has passed here.
 */
export class CaptureClock implements FrameClock {
  #captured = 0;
  #now = 0;
  #time: number | undefined;

  timeOf({ capturedAt }: Frame, now: number): number {
    const time = this.#next(capturedAt, now);
    this.#captured = capturedAt;
    this.#now = now;
    return this.#time = time;
  }

  #next(capturedAt: number, now: number): number {
    if (this.#time === undefined) return capturedAt;
    const step = capturedAt - this.#captured;
    const passed = Math.max(0, now - this.#now);
    const isTrue = step >= 0 && step <= passed + LEAP;
    return this.#time + (isTrue ? step : Math.max(1, passed));
  }
}

/** Frame n at n/fps: of servers that do not say when a frame was captured. */
export class CountedClock implements FrameClock {
  readonly #period: number;
  readonly #losses: () => number;
  readonly #arrivals = new CaptureClock();
  #lost = 0;
  #arrived = 0;
  #sequence = 0;
  #time: number | undefined;

  /** `losses`: how often the server was lost and came back. That gap is the one that passed here. */
  constructor(fps: number, { losses }: { losses: () => number }) {
    this.#period = 1000 / fps;
    this.#losses = losses;
  }

  timeOf(frame: Frame, now: number): number {
    const arrived = this.#arrivals.timeOf(frame, now);
    const step = this.#period * Math.max(1, frame.sequence - this.#sequence);
    const gap = this.#lost === this.#losses() ? 0 : arrived - this.#arrived;
    const time = this.#time === undefined ? arrived : this.#time + Math.max(step, gap);
    this.#lost = this.#losses();
    this.#sequence = frame.sequence;
    this.#arrived = arrived;
    return this.#time = time;
  }
}

/**
 * Over so long, in milliseconds, the least late frame tells how far the clock is behind the arrivals: what
 * is held up on the way is late for a while. So much of it is taken back in the same time.
 */
const WINDOW = 2000;
const GAIN = 0.5;

/** A frame that comes so late, in milliseconds, comes after a gap. */
const GAP = 1000;

/** Arrivals without their jitter: a steady rate that follows the true one. Gaps of more than 1 s stay. */
export class SmoothClock implements FrameClock {
  readonly #period: number;
  readonly #arrivals = new CaptureClock();
  readonly #delay: number;
  #free: number;
  #sequence = 0;
  #time: number | undefined;
  /** How many frames are left of the window, and how late the least late one was. */
  #left: number;
  #least = Infinity;
  /** What is taken back with each frame. */
  #correction = 0;

  /**
   * The first `free` frames come at the rate alone, since some may have come all at once; frame 0 is then
   * shown `delay` ms after its arrival.
   */
  constructor(fps: number, { free, delay }: { free: number; delay: number }) {
    this.#period = 1000 / fps;
    this.#free = free;
    this.#delay = delay;
    this.#left = this.#frames;
  }

  /** How many frames a window has. */
  get #frames(): number {
    return Math.max(10, Math.ceil(WINDOW / this.#period));
  }

  timeOf(frame: Frame, now: number): number {
    const arrived = this.#arrivals.timeOf(frame, now);
    const step = this.#period * Math.max(1, frame.sequence - this.#sequence);
    this.#sequence = frame.sequence;
    if (this.#time === undefined) return this.#time = arrived + this.#delay;
    const late = arrived - (this.#time + step);
    if (--this.#free > 0) return this.#time += step;
    if (late > GAP) {
      this.#look(0, { anew: true });
      return this.#time = arrived;
    }
    this.#look(late);
    return this.#time += Math.max(step / 2, step + this.#correction);
  }

  #look(late: number, { anew = false } = {}): void {
    this.#least = Math.min(this.#least, late);
    if (--this.#left > 0 && !anew) return;
    this.#correction = GAIN * (anew ? 0 : this.#least) / this.#frames;
    this.#least = Infinity;
    this.#left = this.#frames;
  }
}
