/** The time of each frame of a record, in milliseconds: clocks that never go back. Pure. */

import type { Frame } from "../frame/frame.ts";

export interface FrameClock {
  /** The time of the next frame; `now` is the time of a monotonic clock, in milliseconds. */
  timeOf(frame: Frame, now: number): number;
}

/**
 * A capture time that is ahead of the arrival by more than this means that the camera's clock was set. Delayed
 * frames differ by less: `--stall` limits their age.
 */
const LEAP_MS = 60_000;

/**
 * The times of capture. Where those jump (the clock is set, the server restarts) the record continues with
 * the time that has passed on this host.
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
    const isTrue = step >= 0 && step <= passed + LEAP_MS;
    return this.#time + (isTrue ? step : Math.max(1, passed));
  }
}

/** Frame n at n/fps: for servers that do not send times of capture. */
export class CountedClock implements FrameClock {
  readonly #period: number;
  readonly #losses: () => number;
  readonly #arrivals = new CaptureClock();
  #lost = 0;
  #arrived = 0;
  #sequence = 0;
  #time: number | undefined;

  /** `losses`: how often the server was lost and came back. Such a gap has the length measured on this host. */
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
 * The earliest frame of each window shows how far the clock is behind the arrivals, since delays only make
 * frames late. The next window corrects this share of it.
 */
const WINDOW_MS = 2000;
const GAIN = 0.5;

/** A frame that is later than this comes after a gap. */
const GAP_MS = 1000;

/** Arrivals without their jitter: a steady rate that follows the real one. Gaps of more than 1 s stay. */
export class SmoothClock implements FrameClock {
  readonly #period: number;
  readonly #arrivals = new CaptureClock();
  readonly #delay: number;
  #free: number;
  #sequence = 0;
  #time: number | undefined;
  /** How many frames of the window are left, and the lateness of its earliest frame. */
  #left: number;
  #least = Infinity;
  /** The correction of each frame, in milliseconds. */
  #correction = 0;

  /**
   * The first `free` frames follow the rate alone, since they may have arrived in a burst; frame 0 is shown
   * `delay` ms after its arrival.
   */
  constructor(fps: number, { free, delay }: { free: number; delay: number }) {
    this.#period = 1000 / fps;
    this.#free = free;
    this.#delay = delay;
    this.#left = this.#frames;
  }

  /** How many frames a window has. */
  get #frames(): number {
    return Math.max(10, Math.ceil(WINDOW_MS / this.#period));
  }

  timeOf(frame: Frame, now: number): number {
    const arrived = this.#arrivals.timeOf(frame, now);
    const step = this.#period * Math.max(1, frame.sequence - this.#sequence);
    this.#sequence = frame.sequence;
    if (this.#time === undefined) return this.#time = arrived + this.#delay;
    const late = arrived - (this.#time + step);
    if (--this.#free > 0) return this.#time += step;
    if (late > GAP_MS) {
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
