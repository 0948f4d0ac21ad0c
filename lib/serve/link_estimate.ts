/**
 * What a link carries, from the sizes of frames and the times of their acknowledgements. All times are of one steady
 * clock, in milliseconds. Pure.
 */

/** The round trip is that of the quickest frames of so long: routes change. */
const RTT_MS = 10_000;

/** Frames of at least this share of the largest one tell how long the link takes for bytes, */
const LARGE = 0.6;
/** if they are so many times as large as the quickest one, and were sent at most so long before or after it. */
const LARGER = 2;
const NEAR_MS = 2000;

/** Samples of so long count for the estimate, and those of the last moments for the present state of the link. */
const LONG_MS = 2000;
const SHORT_MS = 150;

/** The shortest time that a frame can be said to have taken: clocks and screens are not finer. */
const LEAST_MS = 1;

/** A frame that was sent. */
interface SentFrame {
  readonly bytes: number;
  readonly at: number;
}

/** Acknowledged frames. */
interface Sample {
  readonly at: number;
  readonly bytes: number;
  /** How long the link was busy with them. */
  readonly busy: number;
  /** How much longer the last one took than a frame of its size on an idle link. */
  readonly delay: number;
}

/** How long a frame took from sending to acknowledgement. */
interface Trip {
  readonly at: number;
  readonly bytes: number;
  readonly took: number;
}

export class LinkEstimate {
  /** Not acknowledged yet, oldest first. */
  readonly #sent: SentFrame[] = [];
  /** Those of `LONG_MS`, oldest first. */
  readonly #samples: Sample[] = [];
  #lastAckAt = -Infinity;
  /** Those of `RTT_MS`, oldest first. */
  readonly #trips: Trip[] = [];
  #rtt = 0;
  #isSure = false;

  /** The round trip without the time that the link takes for the bytes; 0 before the first acknowledgement. */
  get rtt(): number {
    return this.#rtt;
  }

  /** Whether the round trip is known from frames of several sizes. Otherwise it may contain the time for their bytes. */
  get isSure(): boolean {
    return this.#isSure;
  }

  /** The number of frames on their way. */
  get frames(): number {
    return this.#sent.length;
  }

  /** The number of their bytes. */
  get bytes(): number {
    return this.#sent.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Bits per second over the last 2 s; undefined before there are samples. Only large frames count: with small ones
   * it is mostly the client's screen that takes the time.
   */
  get rate(): number | undefined {
    const largest = this.#samples.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    return rateOf(this.#samples.filter(({ bytes }) => bytes >= LARGE * largest));
  }

  /** Bits per second over the last moments. */
  get presentRate(): number | undefined {
    let busy = 0;
    const from = this.#samples.findLastIndex((sample) => (busy += sample.busy) >= SHORT_MS);
    return rateOf(this.#samples.slice(Math.max(0, from)));
  }

  /** Bits per second that the link carries at least, even if the round trip takes no time: of the best frame. */
  get provenRate(): number {
    return this.#trips.reduce(
      (best, { bytes, took }) => Math.max(best, bits(bytes) / took * 1000),
      0,
    );
  }

  /** How much longer than the round trip frames took since `since`: the mean and the longest; 0 without frames. */
  delays(since: number): { mean: number; longest: number; count: number } {
    const delays = this.#samples.filter(({ at }) => at >= since).map(({ delay }) => delay);
    const count = delays.length;
    if (count === 0) return { mean: 0, longest: 0, count };
    const mean = delays.reduce((sum, delay) => sum + delay, 0) / count;
    return { mean, longest: Math.max(...delays), count };
  }

  /** How long the link needs for what is on its way, by all that is known now. */
  drainMs(now: number): number {
    const [oldest] = this.#sent;
    if (!oldest) return 0;
    // It is not faster than the oldest frame shows, whose acknowledgement is still missing.
    const waiting = Math.max(LEAST_MS, now - Math.max(oldest.at + this.rtt, this.#lastAckAt));
    const bound = bits(oldest.bytes) / waiting * 1000;
    const rate = Math.min(bound, this.presentRate ?? Infinity);
    return bits(this.bytes) / rate * 1000;
  }

  /** Notes that a frame is sent. */
  sent(bytes: number, now: number): void {
    this.#sent.push({ bytes, at: now });
  }

  /** Notes acknowledgements; more than were sent do not count. Returns whether there were any. */
  acknowledged(count: number, now: number): boolean {
    const frames = this.#sent.splice(0, count);
    const [first, last] = [frames[0], frames.at(-1)];
    if (!first || !last) return false;
    const took = now - last.at;
    this.#fit({ at: now, bytes: last.bytes, took });
    const rtt = this.#rtt;
    // It was busy with them since the one before, or since they were sent.
    const busy = Math.max(LEAST_MS, now - Math.max(first.at + rtt, this.#lastAckAt));
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    this.#samples.push({ at: now, bytes, busy, delay: took - rtt });
    while ((this.#samples[0]?.at ?? now) < now - LONG_MS) this.#samples.shift();
    this.#lastAckAt = now;
    return true;
  }

  /**
   * A frame takes the round trip, the time for its bytes, and the time that it waits for others. The quickest ones do
   * not wait: a small and a large one of them give the other two.
   */
  #fit(trip: Trip): void {
    const trips = this.#trips;
    trips.push(trip);
    while ((trips[0]?.at ?? trip.at) < trip.at - RTT_MS) trips.shift();
    const least = trips.reduce((least, { took }) => Math.min(least, took), trip.took);
    const quick = trips.filter(({ took }) => took <= least + LEAST_MS);
    const quickest = quick.reduce(
      (best, one) => one.bytes < best.bytes ? one : best,
      quick[0] ?? trip,
    );
    // Those near it: the link may have changed since.
    const near = trips.filter(({ at }) => Math.abs(at - quickest.at) < NEAR_MS);
    const largest = near.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    const perByte = near
      .filter(({ bytes }) => bytes >= LARGE * largest && bytes >= LARGER * quickest.bytes)
      .map(({ bytes, took }) => (took - quickest.took) / (bytes - quickest.bytes));
    this.#isSure = perByte.length > 0;
    const forBytes = this.#isSure ? quickest.bytes * Math.min(...perByte) : 0;
    this.#rtt = Math.max(0, quickest.took - forBytes);
  }
}

function rateOf(samples: readonly Sample[]): number | undefined {
  if (samples.length === 0) return undefined;
  const busy = samples.reduce((sum, sample) => sum + sample.busy, 0);
  return samples.reduce((sum, sample) => sum + bits(sample.bytes), 0) / busy * 1000;
}

function bits(bytes: number): number {
  return 8 * bytes;
}
