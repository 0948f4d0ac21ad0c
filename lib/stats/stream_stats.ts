/** What is known of a stream that is received: frames, rate, loss, bytes, and the age of its pictures. */

import { Histogram, type Percentiles } from "./histogram.ts";
import { Meter } from "./meter.ts";

/** How many seconds the ages of the status line look back. */
const RECENT_SECONDS = 5;

/** The figures of a span of time. */
export interface StreamFigures {
  readonly seconds: number;
  readonly frames: number;
  readonly fps: number;
  /** Frames that the server captured and that never came, as the sequence tells. */
  readonly skipped: number;
  /** Pictures that say NO SIGNAL; they are no frames. */
  readonly placeholders: number;
  /** Of the pictures as they came: pixels, or JPEGs. */
  readonly bytes: number;
  /** From the capture to the last byte read; undefined where the stream does not tell. */
  readonly age: Percentiles | undefined;
}

/** One picture that has come; `age` in milliseconds. */
export interface Arrival {
  readonly bytes: number;
  /** Captured frames between this one and the one before it. */
  readonly skipped: number;
  readonly age: number | undefined;
  readonly placeholder?: boolean | undefined;
}

/** Counts while frames come. Times are those of `clock`, in milliseconds. */
export class StreamStats {
  readonly #clock: () => number;
  readonly #meter: Meter;
  readonly #total: Span;
  #since: Span;
  /** One span a second, oldest first. */
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

  /** Frames a second over the last two seconds. */
  rate(): number {
    return this.#meter.rate();
  }

  /** The figures since the beginning. */
  total(): StreamFigures {
    return this.#total.figures(this.#clock());
  }

  /** The figures since the last call. */
  since(): StreamFigures {
    const figures = this.#since.figures(this.#clock());
    this.#since = new Span(this.#clock());
    return figures;
  }

  /** The figures of the last seconds. */
  recent(): StreamFigures {
    this.#roll();
    const sum = new Span(this.#recent[0]?.from ?? this.#clock());
    for (const span of this.#recent) sum.merge(span);
    return sum.figures(this.#clock());
  }

  /** Begins a new second where one is over. */
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

/** The sums of a span of time that began at `from`. */
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
