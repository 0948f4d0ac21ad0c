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

/** Samples of so long count for the estimate, and those of so much busy time for the present state of the link. */
const LONG_MS = 2000;
const SHORT_MS = 150;

/** Frames of at most this share of the largest one tell how long an acknowledgement takes apart from the bytes. */
const SMALL = 0.3;
const LEAST_SMALL = 3;
/** That is at most this share of what large ones take. */
const MAX_SMALL = 0.2;

/** Frames of less than this share of the largest one of the last seconds do not tell how long that one takes. */
const QUIET = 0.15;

/** The shortest time that a frame can be said to have taken: clocks are not finer. */
const LEAST_MS = 1;

/** Screens and busy clients delay acknowledgements by so much: it does not say that the link is slow. */
const NOISE_MS = 5;
const MAX_NOISE_MS = 20;

/** The link is slower than before if frames now take so many times as long as they should. */
const SLOWER = 1.5;

/** A missing acknowledgement of a smaller frame is taken for that of a frame of this size, in bytes. */
const LEAST_BYTES = 3000;

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
  #rate: number | undefined;
  #presentRate: number | undefined;

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

  /** Bits per second over the last 2 s; undefined before two acknowledgements. */
  get rate(): number | undefined {
    return this.#rate;
  }

  /** Bits per second at the moment: less than `rate` if the last frames took longer than that. */
  get presentRate(): number | undefined {
    return this.#presentRate;
  }

  /** Bits per second that the link carries at least, even if the round trip takes no time: of the best frame. */
  get provenRate(): number {
    return this.#trips.reduce((best, trip) => Math.max(best, provenBy(trip)), 0);
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
    const { bytes } = this;
    // If an acknowledgement stays out, the rest may take as long for each of its bytes.
    const missing = now - Math.max(oldest.at + this.rtt, this.#lastAckAt) - MAX_NOISE_MS;
    const silence = Math.max(0, missing) * bytes / Math.max(LEAST_BYTES, oldest.bytes);
    return Math.max(silence, bits(bytes) / (this.#presentRate ?? Infinity) * 1000);
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
    // It was busy with them since the one before, or since they were sent. Of the first ones that is not known.
    if (this.#lastAckAt > -Infinity) {
      const busy = Math.max(LEAST_MS, now - Math.max(first.at + rtt, this.#lastAckAt));
      const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
      this.#samples.push({ at: now, bytes, busy, delay: took - rtt });
      while ((this.#samples[0]?.at ?? now) < now - LONG_MS) this.#samples.shift();
      this.#measure();
    }
    this.#lastAckAt = now;
    return true;
  }

  /**
   * Only large frames tell the rate, less what small ones take: with those it is mostly the client's screen that takes
   * the time.
   */
  #measure(): void {
    const largest = this.#samples.reduce((most, { bytes }) => Math.max(most, bytes), 0);
    const large = this.#samples.filter(({ bytes }) => bytes >= LARGE * largest);
    const small = this.#small(largest);
    const busy = mean(large.map(({ busy }) => busy));
    const forAll = Math.min(small?.busy ?? 0, MAX_SMALL * busy);
    const bytes = mean(large.map(({ bytes }) => bytes)) - (small?.bytes ?? 0);
    const measured = bits(bytes) / Math.max(LEAST_MS, busy - forAll) * 1000;
    // At first there may be only tiny ones, behind a keyframe whose sample is missing.
    const recent = this.#trips.filter(({ at }) => at >= this.#lastAckAt - LONG_MS);
    const isQuiet = recent.some(({ bytes }) => largest < QUIET * bytes);
    const proven = recent.reduce((best, trip) => Math.max(best, provenBy(trip)), 0);
    const rate = this.#rate = isQuiet ? Math.max(measured, proven) : measured;
    const slower = this.#slower(rate, Math.max(NOISE_MS, small?.busy ?? 0));
    this.#presentRate = slower > SLOWER ? rate / slower : rate;
  }

  /** How many times as long as at this rate, and with this noise, the last frames took. */
  #slower(rate: number, noise: number): number {
    let [busy, expected] = [0, 0];
    for (const sample of this.#samples.toReversed()) {
      busy += sample.busy;
      expected += noise + bits(sample.bytes) / rate * 1000;
      if (busy >= SHORT_MS) break;
    }
    return busy / expected;
  }

  /** The bytes of the small frames, and how long the link is busy with a quick one; undefined if there are too few. */
  #small(largest: number): { bytes: number; busy: number } | undefined {
    const small = this.#samples.filter(({ bytes }) => bytes <= SMALL * largest);
    if (small.length < LEAST_SMALL) return undefined;
    const busy = small.map((sample) => sample.busy).sort((a, b) => a - b);
    return {
      bytes: mean(small.map(({ bytes }) => bytes)),
      busy: busy[Math.floor(busy.length / 4)] ?? 0,
    };
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

/** Bits per second that the link carried at least. */
function provenBy({ bytes, took }: Trip): number {
  return bits(bytes) / took * 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function bits(bytes: number): number {
  return 8 * bytes;
}
