/**
 * Gives the frames of records their times before they are written, and the filters' finds the times of their
 * frames. Where the rate is not known it is measured first, and the first frames are held meanwhile.
 */

import type { Detection } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import { CaptureClock, CountedClock, type FrameClock, SmoothClock } from "./frame_clock.ts";
import { isEnough, type MeasuredRate, measureRate } from "./measure_rate.ts";

/** Of so many frames the times are known, for the finds in them. */
const KNOWN = 1000;

/** What is known of the times of a server's frames. */
export interface Timing {
  /** Frames a second, as the server says; undefined where it does not. */
  readonly announced: number | undefined;
  /** The same, as the user says. */
  readonly chosen: number | undefined;
  /** Whether frames come with the time of their capture. */
  readonly timed: boolean;
  /** How often the server was lost and came back. */
  readonly losses: () => number;
}

/** Who takes frames and finds with their times. */
export interface Timed {
  write(frame: Frame): Promise<void>;
  found(find: Detection): void;
  /** The rate was measured. */
  measured(rate: MeasuredRate): void;
}

type Held = { readonly find: Detection } | { readonly frame: Frame; readonly now: number };

export class Timeline {
  readonly #timing: Timing;
  readonly #taker: Timed;
  readonly #now: () => number;
  #clock: FrameClock | undefined;
  #fps: number | undefined;
  /** Frames and finds, in their order, while the rate is measured. */
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

  /** Passes a find on with the time of its frame; of one that is not known yet, with the last one's. */
  found(find: Detection): void {
    if (!this.#clock) {
      this.#held.push({ find });
      return;
    }
    const known = this.#times.get(find.sequence);
    const time = known?.capturedAt === find.capturedAt ? known.time : this.#last;
    this.#taker.found({ ...find, capturedAt: time });
  }

  /** No more frames come: passes on what is held. */
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
      if ("find" in one) this.found(one.find);
      else await this.#pass(clock, one.frame, one.now);
    }
  }

  async #pass(clock: FrameClock, frame: Frame, now: number): Promise<void> {
    const time = clock.timeOf(frame, now);
    const { sequence, capturedAt } = frame;
    this.#times.delete(sequence);
    this.#times.set(sequence, { capturedAt, time });
    for (const [oldest] of this.#times) {
      if (this.#times.size <= KNOWN) break;
      this.#times.delete(oldest);
    }
    this.#last = time;
    await this.#taker.write(time === capturedAt ? frame : { ...frame, capturedAt: time });
  }
}
