/** Waits for the beginning and the end of a camera's hours, by the clock of the host. */

import { pause } from "../async/aborted.ts";
import { type Clock, steadyClock } from "../async/clock.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { wallClock } from "../frame/clock.ts";
import type { HoursState, Schedule } from "./hours.ts";

/** The clock of a host can be set while the program waits: it is read again after this time, in milliseconds. */
const CHECK_MS = 1000;

export class Opening {
  readonly #schedule: Pick<Schedule, "at" | "format">;
  readonly #now: () => number;
  readonly #clock: Clock;

  /** `now` gives milliseconds since the Unix epoch. */
  constructor(
    schedule: Pick<Schedule, "at" | "format">,
    { now = wallClock, clock = steadyClock }: { now?: () => number; clock?: Clock } = {},
  ) {
    this.#schedule = schedule;
    this.#now = now;
    this.#clock = clock;
  }

  /** Whether it is one of the hours, and until when. */
  get state(): HoursState {
    return this.#schedule.at(this.#now());
  }

  /** A time for people, in the time zone of the hours: `Mon 07:00`. */
  format(date: Date): string {
    return this.#schedule.format(date);
  }

  /** Waits until the hours begin. Ends on abort. */
  async untilOpen(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.state.isOpen) await pause(this.#wait(), signal, this.#clock);
  }

  /** A controller that aborts when the hours end, at once outside of them, and with `parent`. */
  whileOpen(parent: AbortSignal): LinkedAbortController {
    return new OpenTime(parent, (check) => {
      if (!this.state.isOpen) return undefined;
      return this.#clock.after(this.#wait(), check);
    });
  }

  #wait(): number {
    const { until } = this.state;
    return Math.min(CHECK_MS, until ? Math.max(1, until.getTime() - this.#now()) : CHECK_MS);
  }
}

class OpenTime extends LinkedAbortController {
  #timer: Disposable | undefined;

  /** `next` sets a timer for the next check; it gives undefined when the hours have ended. */
  constructor(parent: AbortSignal, next: (check: () => void) => Disposable | undefined) {
    super(parent);
    const check = () => {
      this.#timer = next(check);
      if (!this.#timer) this.abort();
    };
    check();
  }

  override [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    super[Symbol.dispose]();
  }
}
