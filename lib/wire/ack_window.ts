/**
 * How many frames may be on their way to a client that acknowledges. The system's socket buffers would
 * take in up to 4 MB, and their pictures would grow old there; with acknowledgements no more is sent
 * than the way itself holds. Times are those of one steady clock, in milliseconds.
 */

/** Of so many frames the shortest time on the link counts: others met a busy machine, too. */
const RECENT = 8;

/** What the way back may cost of the link's rate before a frame more is worth its growing older. */
const WORTH = 0.05;

/**
 * A link is quick where the quickest of the recent frames was there and acknowledged within this part of
 * the frame interval. Then so many frames may be on their way: they wait only while the client pauses for
 * a moment, and are read within half an interval after that. A client that is always slow acknowledges
 * none of them so soon.
 */
const QUICK = 0.1;
const QUICK_FRAMES = 3;

/** A frame may come so much later than its rate says, in milliseconds. */
const LATE = 3;

/** What of the link's time may go into waiting for newer frames. */
const PATIENCE = 0.02;

export class AckWindow {
  readonly #fps: number;
  /** When the answer line, and each frame not yet acknowledged, was sent; oldest first. */
  readonly #sentAt: number[] = [];
  /** From the sending to the acknowledgement of the answer line, or of a frame where that took less. */
  #rtt: number | undefined;
  /** What the last acknowledged frames took beyond that: as long as the link was busy with each. */
  readonly #linkTimes: number[] = [];
  #lastSentAt: number;
  #count = -1;
  /** What may be waited at `#patientAt`; from then on it grows. */
  #patience: number;
  #patientAt: number;

  /** `fps`: the rate of the stream. Begins with the sending of the answer line. */
  constructor({ fps, now }: { fps: number; now: number }) {
    this.#fps = fps;
    this.#lastSentAt = now;
    this.#sentAt.push(now);
    this.#patience = 1000 / fps;
    this.#patientAt = now;
  }

  /**
   * How many frames may be unacknowledged: one that is being read, and as many as are captured in one
   * round trip; `QUICK_FRAMES` where the link is quick. One until the first acknowledgement has come.
   */
  get size(): number {
    const inOneTrip = 1 + Math.floor(this.#fps * (this.#rtt ?? 0) / 1000);
    return this.#isQuick ? Math.max(QUICK_FRAMES, inOneTrip) : inOneTrip;
  }

  get #isQuick(): boolean {
    if (this.#rtt === undefined || this.#linkTimes.length === 0) return false;
    return this.#rtt + Math.min(...this.#linkTimes) < QUICK * 1000 / this.#fps;
  }

  /**
   * In how many milliseconds one more frame may be sent, if no acknowledgement comes before: 0 at once,
   * Infinity never. One more than `size` may follow when the link must be done with the frame before,
   * whose acknowledgement is on its way back, and that way is long. The answer line, until it is acknowledged, takes no room.
   */
  roomIn(now: number): number {
    const frames = this.#sentAt.length - (this.#count < 0 ? 1 : 0);
    if (frames < this.size) return 0;
    if (frames > this.size || this.#isQuick) return Infinity;
    const linkTime = Math.min(...this.#linkTimes);
    if ((this.#rtt ?? 0) < WORTH * linkTime) return Infinity;
    return Math.max(0, this.#lastSentAt + linkTime - now);
  }

  /**
   * For how long a frame newer than the one of `capturedAgo` milliseconds ago is worth waiting for, now that
   * there is room. Over a narrow link the newest frame can be nearly one interval old each time, where link
   * and camera run in step; one wait puts them out of it. 0 where the next one is too far away, or where the
   * link is wide.
   */
  worthWaiting(capturedAgo: number, now: number): number {
    const interval = 1000 / this.#fps;
    if (this.#linkTimes.length === 0 || Math.min(...this.#linkTimes) < interval) return 0;
    const grown = this.#patience + PATIENCE * (now - this.#patientAt);
    this.#patience = Math.min(interval, grown);
    this.#patientAt = now;
    const due = interval - capturedAgo + LATE;
    return due > 0 && due <= this.#patience ? due : 0;
  }

  /** Takes note of a wait for a newer frame, in milliseconds. */
  waited(milliseconds: number): void {
    this.#patience -= milliseconds;
    this.#patientAt += milliseconds;
  }

  /** Which acknowledgement came last: 0 that of the answer line; undefined before. */
  get count(): number | undefined {
    return this.#count < 0 ? undefined : this.#count;
  }

  /** For how long the oldest thing sent has not been acknowledged. */
  waitingFor(now: number): number {
    return now - (this.#sentAt[0] ?? now);
  }

  /** Takes note of a frame that is going out. */
  sent(now: number): void {
    this.#sentAt.push(now);
    this.#lastSentAt = now;
  }

  /** Takes note of acknowledgements. Those of things never sent are not counted. */
  acknowledged(count: number, now: number): void {
    const counted = Math.min(count, this.#sentAt.length);
    if (counted === 0) return;
    const took = now - (this.#sentAt[counted - 1] ?? now);
    this.#sentAt.splice(0, counted);
    this.#rtt = Math.min(this.#rtt ?? Infinity, took);
    if (this.#count + counted > 0 && this.#linkTimes.push(took - this.#rtt) > RECENT) {
      this.#linkTimes.shift();
    }
    this.#count += counted;
  }
}
