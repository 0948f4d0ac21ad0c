/** The hours of a camera, such as `mon-fri 07:00-18:30`: text in, whether they include a time and until when out. Pure. */

/** The days of the week, in the order of the seconds. */
const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

const DAY = 86_400;
const WEEK = 7 * DAY;

/** Time zones have changed their offset only at multiples of this since there are computers, in milliseconds. */
const OFFSET_STEP_MS = 15 * 60_000;

/** How far ahead a change is looked for: an hour that is skipped on one Sunday exists on the next. */
const AHEAD_MS = 15 * DAY * 1000;

/** Some hours of the week; plain data. */
export interface Hours {
  /** As the user wrote them. */
  readonly text: string;
  /** From and to, in seconds since Monday 00:00 on the clock on the wall; the end of the last one can be after `WEEK`. */
  readonly spans: readonly (readonly [from: number, to: number])[];
}

/** Whether a time is one of the hours, and until when that holds; undefined: for ever. */
export interface HoursState {
  readonly isOpen: boolean;
  readonly until: Date | undefined;
}

/**
 * Reads `mon-fri 07:00-18:30, sat 09:00-12:00`. Without days: every day. An end before its beginning is on the next day.
 * Times can have seconds. Throws an `Error` that says what is wanted.
 */
export function parseHours(text: string): Hours {
  const spans = text.split(",").flatMap((part) => parsePart(part.trim().toLowerCase()));
  return { text: text.trim().replace(/\s+/g, " "), spans };
}

function parsePart(part: string): [number, number][] {
  const [, first, last = first, begin = "", end = ""] =
    /^(?:([a-z]+)(?: *- *([a-z]+))? +)?([\d:]+) *- *([\d:]+)$/.exec(part) ?? [];
  const days = first === undefined ? DAYS.map((_, day) => day) : daysOf(first, last ?? first);
  const [from, to] = [begin, end].map(secondsOf);
  if (!days || from === undefined || to === undefined || from === to || from === DAY) {
    throw new Error(
      `wanted days and times such as "mon-fri 07:00-18:30, sat 09:00-12:00"; "${part}" is none`,
    );
  }
  return days.map((day) => [day * DAY + from, day * DAY + (to > from ? to : to + DAY)]);
}

/** The days from one to another, by their places in the week; undefined for a name that is no day. */
function daysOf(first: string, last: string): number[] | undefined {
  const [from, to] = [first, last].map((name) => DAYS.indexOf(name)) as [number, number];
  if (from < 0 || to < 0) return undefined;
  return Array.from({ length: (to - from + 7) % 7 + 1 }, (_, i) => (from + i) % 7);
}

/** `7:00`, `07:00:30` or `24:00` in seconds. */
function secondsOf(text: string): number | undefined {
  const [, h, m, s = "0"] = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
  const [hours, minutes, seconds] = [Number(h), Number(m), Number(s)];
  const total = 3600 * hours + 60 * minutes + seconds;
  return total <= DAY && minutes < 60 && seconds < 60 ? total : undefined;
}

/** The time zone of this host, such as `Europe/Berlin`. */
export function hostTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Hours on the clock on the wall in a time zone. */
export class Schedule {
  readonly hours: Hours;
  readonly timeZone: string;
  readonly #format: Intl.DateTimeFormat;
  /** The last answer, and from when on it holds. */
  #known: (HoursState & { readonly from: number }) | undefined;

  /** Throws a `RangeError` if there is no such time zone. */
  constructor(hours: Hours, timeZone: string) {
    this.hours = hours;
    this.timeZone = timeZone;
    this.#format = new Intl.DateTimeFormat("en-US", {
      ...{ timeZone, hourCycle: "h23", weekday: "short" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
    });
  }

  /**
   * The state at a time, in milliseconds since the Unix epoch. The clock on the wall decides: an hour that daylight saving
   * skips does not come, and one that it repeats counts both times.
   */
  at(time: number): HoursState {
    const now = Math.floor(time); // a fraction could end just before a boundary
    const known = this.#known;
    if (known && now >= known.from && now < (known.until?.getTime() ?? known.from + AHEAD_MS)) {
      return known;
    }
    const isOpen = this.#isOpen(this.#weekSeconds(now));
    const state = { isOpen, until: this.#change(now, isOpen), from: now };
    this.#known = state;
    return state;
  }

  /** A time for people, on the clock on the wall: `Mon 07:00`. */
  format(date: Date): string {
    const { weekday, hour, minute, second } = this.#parts(date.getTime());
    return `${weekday} ${hour}:${minute}${second === "00" ? "" : `:${second}`}`;
  }

  /** When the state is another one for the first time. */
  #change(now: number, isOpen: boolean): Date | undefined {
    for (let time = now; time < now + AHEAD_MS;) {
      const seconds = this.#weekSeconds(time);
      if (this.#isOpen(seconds) !== isOpen) return new Date(time);
      // The offset can be another one after the next step: no boundary behind it is certain.
      const step = OFFSET_STEP_MS - time % OFFSET_STEP_MS;
      time += Math.min(step, Math.round(this.#nextBoundary(seconds) * 1000));
    }
    return undefined;
  }

  #isOpen(seconds: number): boolean {
    return this.hours.spans.some(([from, to]) =>
      seconds >= from && seconds < to || seconds + WEEK < to
    );
  }

  /** The seconds until the next beginning or end, above 0. */
  #nextBoundary(seconds: number): number {
    const waits = this.hours.spans.flat().map((boundary) => (boundary - seconds + 2 * WEEK) % WEEK);
    return Math.min(...waits.map((wait) => wait < 0.0005 ? WEEK : wait));
  }

  /** Seconds since Monday 00:00 on the clock on the wall. */
  #weekSeconds(time: number): number {
    const { weekday, hour, minute, second } = this.#parts(time);
    const day = DAYS.indexOf(weekday.toLowerCase());
    const fraction = time / 1000 - Math.floor(time / 1000);
    return day * DAY + 3600 * Number(hour) + 60 * Number(minute) + Number(second) + fraction;
  }

  #parts(time: number) {
    const parts = new Map(
      this.#format.formatToParts(time).map(({ type, value }) => [type, value]),
    );
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? "";
    return {
      ...{ weekday: part("weekday"), hour: part("hour") },
      ...{ minute: part("minute"), second: part("second") },
    };
  }
}
