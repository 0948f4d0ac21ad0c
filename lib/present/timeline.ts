/**
 * Gives the frames of records their times before they are written, and the detections the times of their
 * frames. Where the rate is not known it is measured first, and the first frames are held meanwhile.
 */

import type { Detection } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import { CaptureClock, CountedClock, type FrameClock, SmoothClock } from "./frame_clock.ts";
import { isEnough, type MeasuredRate, measureRate } from "./measure_rate.ts";

/** How many frames' times are kept, for the detections in them. */
const MAX_KNOWN_FRAMES = 1000;

/** What is known about the times of a server's frames. */
export interface Timing {
  /** Frames a second, as the server announces it; undefined where it does not. */
  readonly announced: number | undefined;
  /** The same, as the user sets it. */
  readonly chosen: number | undefined;
  /** Whether frames come with the time of their capture. */
  readonly timed: boolean;
  /** How often the server was lost and came back. */
  readonly losses: () => number;
}

/** Gets frames and detections with their times. */
export interface Timed {
  write(frame: Frame): Promise<void>;
  found(detection: Detection): void;
  /** The rate was measured. */
  measured(rate: MeasuredRate): void;
}

type Held = { readonly detection: Detection } | { readonly frame: Frame; readonly now: number };

export class Timeline {
  readonly #timing: Timing;
  readonly #taker: Timed;
  readonly #now: () => number;
  #clock: FrameClock | undefined;
  #fps: number | undefined;
  /** Frames and detections, in their order, while the rate is measured. */
  #held: Held[] = [];
  readonly #arrivals: number[] = [];
  /** The frames' times by their numbers, the oldest first. */
  readonly #times = new Map<number, { capturedAt: number; time: number }>();
  #last = -Infinity;

  constructor(timing: Timing, taker: Timed, { now = () => performance.now() } = {}) {
    this.#timing = timing;
    this.#taker = taker;
    this.#now = now;
    const { announced, chosen, timed, losses } = timing;
    this.#fps = announced ?? chosen;
    if (this.#fps === undefined) return;
    this.#clock = timed || announced !== undefined
      ? new CaptureClock()
      : new CountedClock(this.#fps, { losses });
  }

  /** Frames a second: announced, chosen or measured. */
  get fps(): number | undefined {
    return this.#fps;
  }

  /** Passes a frame on with its time, at once or once the rate is measured. */
  async write(frame: Frame): Promise<void> {
    const now = this.#now();
    if (this.#clock) return await this.#pass(this.#clock, frame, now);
    this.#held.push({ frame, now });
    this.#arrivals.push(now);
    if (isEnough(this.#arrivals, { frameBytes: frame.pixels.length })) await this.#decide();
  }

  /** Passes a detection on with the time of its frame, or of the last frame where its own is not known. */
  found(detection: Detection): void {
    if (!this.#clock) {
      this.#held.push({ detection });
      return;
    }
    const known = this.#times.get(detection.sequence);
    const time = known?.capturedAt === detection.capturedAt ? known.time : this.#last;
    this.#taker.found({ ...detection, capturedAt: time });
  }

  /** Passes on what is held: no more frames come. */
  async flush(): Promise<void> {
    if (this.#arrivals.length > 0 && !this.#clock) await this.#decide();
  }

  async #decide(): Promise<void> {
    const rate = measureRate(this.#arrivals);
    const { timed, losses } = this.#timing;
    const free = this.#arrivals.length;
    const clock = timed
      ? new CaptureClock()
      : rate.isSteady
      ? new SmoothClock(rate.fps, { ...rate, free })
      : new CountedClock(rate.fps, { losses });
    this.#fps = rate.fps;
    this.#taker.measured(rate);
    const held = this.#held;
    this.#held = [];
    this.#clock = clock;
    for (const one of held) {
      if ("detection" in one) this.found(one.detection);
      else await this.#pass(clock, one.frame, one.now);
    }
  }

  async #pass(clock: FrameClock, frame: Frame, now: number): Promise<void> {
    const time = clock.timeOf(frame, now);
    const { sequence, capturedAt } = frame;
    this.#times.delete(sequence);
    this.#times.set(sequence, { capturedAt, time });
    for (const [oldest] of this.#times) {
      if (this.#times.size <= MAX_KNOWN_FRAMES) break;
      this.#times.delete(oldest);
    }
    this.#last = time;
    await this.#taker.write(time === capturedAt ? frame : { ...frame, capturedAt: time });
  }
}
