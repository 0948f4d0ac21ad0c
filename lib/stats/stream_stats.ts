/** The statistics of a received stream: frames, rate, loss, bytes, and the age of its pictures. */

import { Histogram, type Percentiles } from "./histogram.ts";
import { Meter } from "./meter.ts";

/** The time span of `recent`, which the status line shows. */
const RECENT_SECONDS = 5;

/** The statistics of a time span. */
export interface StreamFigures {
  readonly seconds: number;
  readonly frames: number;
  readonly fps: number;
  /** Frames that the server captured but this client did not receive, by the sequence numbers. */
  readonly skipped: number;
  /** NO SIGNAL pictures, which do not count as frames. */
  readonly placeholders: number;
  /** Bytes of pictures as received: pixels, or JPEGs. */
  readonly bytes: number;
  /** From the capture to the last byte read; undefined if the stream has no times. */
  readonly age: Percentiles | undefined;
}

/** One received picture; `age` in milliseconds. */
export interface Arrival {
  readonly bytes: number;
  /** Captured frames between this frame and the previous one. */
  readonly skipped: number;
  readonly age: number | undefined;
  readonly placeholder?: boolean | undefined;
}

/** Counts received frames. Times are those of `clock`, in milliseconds. */
export class StreamStats {
  readonly #clock: () => number;
  readonly #meter: Meter;
  readonly #total: Span;
  #since: Span;
  /** One span per second, oldest first. */
  #recent: Span[];

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock;
    this.#meter = new Meter(clock);
    this.#total = new Span(clock());
    this.#since = new Span(clock());
    this.#recent = [new Span(clock())];
  }

  /** Counts one picture. */
  count(arrival: Arrival): void {
    if (!arrival.placeholder) this.#meter.count(arrival.skipped);
    this.#roll();
    for (const span of [this.#total, this.#since, this.#recent.at(-1)]) span?.count(arrival);
  }

  /** Frames per second over the last two seconds. */
  rate(): number {
    return this.#meter.rate();
  }

  /** The statistics since the start. */
  total(): StreamFigures {
    return this.#total.figures(this.#clock());
  }

  /** The statistics since the last call. */
  since(): StreamFigures {
    const figures = this.#since.figures(this.#clock());
    this.#since = new Span(this.#clock());
    return figures;
  }

  /** The statistics of the last `RECENT_SECONDS`. */
  recent(): StreamFigures {
    this.#roll();
    const sum = new Span(this.#recent[0]?.from ?? this.#clock());
    for (const span of this.#recent) sum.merge(span);
    return sum.figures(this.#clock());
  }

  /** Starts a new span when a second is over. */
  #roll(): void {
    const now = this.#clock();
    const last = this.#recent.at(-1);
    if (!last || now - last.from >= 1000) this.#recent.push(new Span(now));
    const oldest = now - RECENT_SECONDS * 1000;
    this.#recent = this.#recent.filter((span, i, all) =>
      span.from >= oldest || i === all.length - 1
    );
  }
}

/** The sums of a time span that started at `from`. */
class Span {
  readonly from: number;
  #frames = 0;
  #skipped = 0;
  #placeholders = 0;
  #bytes = 0;
  readonly #ages = new Histogram();

  constructor(from: number) {
    this.from = from;
  }

  count({ bytes, skipped, age, placeholder }: Arrival): void {
    this.#bytes += bytes;
    if (placeholder) {
      this.#placeholders++;
      return;
    }
    this.#frames++;
    this.#skipped += skipped;
    if (age !== undefined) this.#ages.add(age);
  }

  merge(other: Span): void {
    this.#frames += other.#frames;
    this.#skipped += other.#skipped;
    this.#placeholders += other.#placeholders;
    this.#bytes += other.#bytes;
    this.#ages.merge(other.#ages);
  }

  figures(now: number): StreamFigures {
    const seconds = (now - this.from) / 1000;
    return {
      seconds,
      frames: this.#frames,
      fps: seconds > 0 ? this.#frames / seconds : 0,
      skipped: this.#skipped,
      placeholders: this.#placeholders,
      bytes: this.#bytes,
      age: this.#ages.percentiles(),
    };
  }
}
