/** Percentiles of any number of durations, in bounded memory. */

/** The ratio of each bin's width to the previous bin's: percentiles are exact to 1 %. */
const GROWTH = 1.02;

/** The upper edge of the first bin, and the lower edge of the last one. */
const [MIN_MS, MAX_MS] = [0.01, 1e6];

const BINS = Math.ceil(Math.log(MAX_MS / MIN_MS) / Math.log(GROWTH)) + 2;

/** Percentiles of durations, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A histogram of durations in milliseconds; those below 0 count as 0. */
export class Histogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #sum = 0;
  #max = 0;

  /** The number of durations, and their sum in milliseconds. */
  get count(): number {
    return this.#count;
  }
  get sum(): number {
    return this.#sum;
  }

  add(milliseconds: number): void {
    const bin = milliseconds <= MIN_MS
      ? 0
      : 1 + Math.floor(Math.log(Math.min(milliseconds, MAX_MS) / MIN_MS) / Math.log(GROWTH));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#count++;
    this.#sum += Math.max(0, milliseconds);
    this.#max = Math.max(this.#max, milliseconds);
  }

  /** Adds the durations of another histogram. */
  merge(other: Histogram): void {
    for (let bin = 0; bin < BINS; bin++) {
      this.#bins[bin] = (this.#bins[bin] ?? 0) + (other.#bins[bin] ?? 0);
    }
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The percentiles; undefined without durations. */
  percentiles(): Percentiles | undefined {
    if (this.#count === 0) return undefined;
    const at = (share: number) => this.#percentile(share);
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: this.#max };
  }

  /** The number of durations up to this one, to the precision of a bin. */
  upTo(milliseconds: number): number {
    let count = 0;
    for (let bin = 0; bin < BINS && MIN_MS * GROWTH ** bin <= milliseconds * GROWTH ** 0.5; bin++) {
      count += this.#bins[bin] ?? 0;
    }
    return count;
  }

  #percentile(share: number): number {
    let left = Math.ceil(share * this.#count);
    for (let bin = 0; bin < BINS; bin++) {
      left -= this.#bins[bin] ?? 0;
      // The middle of the bin, but not above the maximum.
      if (left <= 0) return Math.min(this.#max, MIN_MS * GROWTH ** (bin - 0.5));
    }
    return this.#max;
  }
}
