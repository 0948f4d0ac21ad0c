/**
 * What a link carries, from the sizes of frames and the times of their acknowledgements. All times are of one steady
 * clock, in milliseconds. Pure.
 */

/** The shortest round trip of so long counts: routes change. */
const RTT_MS = 10_000;

/** Samples of so long count for the estimate, and those of the last moments for the present state of the link. */
const LONG_MS = 1500;
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
  /** How much longer than the round trip the last one took. */
  readonly delay: number;
}

export class LinkEstimate {
  /** Not acknowledged yet, oldest first. */
  readonly #sent: SentFrame[] = [];
  /** Those of `LONG_MS`, oldest first. */
  readonly #samples: Sample[] = [];
  #lastAckAt = -Infinity;
  /** The shortest times from sending to acknowledgement: of this period of `RTT_MS`, and of the one before. */
  #rtts: [current: number, former: number] = [Infinity, Infinity];
  #rttsSince = -Infinity;

  /** The round trip of a small frame on an idle link; 0 before the first acknowledgement. */
  get rtt(): number {
    const rtt = Math.min(...this.#rtts);
    return rtt === Infinity ? 0 : rtt;
  }

  /** The number of frames on their way. */
  get frames(): number {
    return this.#sent.length;
  }

  /** The number of their bytes. */
  get bytes(): number {
    return this.#sent.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Bits per second over the last 1.5 s; undefined before there are samples. */
  get rate(): number | undefined {
    return rateOf(this.#samples);
  }

  /** Bits per second over the last moments. */
  get presentRate(): number | undefined {
    let busy = 0;
    const from = this.#samples.findLastIndex((sample) => (busy += sample.busy) >= SHORT_MS);
    return rateOf(this.#samples.slice(Math.max(0, from)));
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
    this.#noteRtt(now - last.at, now);
    const { rtt } = this;
    // It was busy with them since the one before, or since they were sent.
    const busy = Math.max(LEAST_MS, now - Math.max(first.at + rtt, this.#lastAckAt));
    const bytes = frames.reduce((sum, frame) => sum + frame.bytes, 0);
    this.#samples.push({ at: now, bytes, busy, delay: now - last.at - rtt });
    while ((this.#samples[0]?.at ?? now) < now - LONG_MS) this.#samples.shift();
    this.#lastAckAt = now;
    return true;
  }

  #noteRtt(took: number, now: number): void {
    if (now - this.#rttsSince > RTT_MS) {
      this.#rtts = [Infinity, this.#rtts[0]];
      this.#rttsSince = now;
    }
    this.#rtts[0] = Math.min(this.#rtts[0], took);
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
