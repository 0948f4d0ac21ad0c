/**
 * How many frames may be on their way to a client that acknowledges. The system's socket buffers hold up
 * to 4 MB, and frames get old in them; with acknowledgements the server sends no more than the link itself
 * holds. All times are of one steady clock, in milliseconds.
 */

/** The number of recent frames whose shortest link time counts: other frames also waited for a busy machine. */
const RECENT = 8;

/**
 * The maximum share of the link's rate that the return path may cost. Above it one more frame is sent early,
 * although that frame is older on arrival.
 */
const MAX_RETURN_SHARE = 0.05;

/**
 * A link is quick if the quickest of the recent frames was acknowledged within this share of the frame
 * interval. Then `QUICK_FRAMES` frames may be on their way: they wait only while the client pauses for a
 * moment, and are read within half an interval after that. A client that is always slow never acknowledges
 * that soon.
 */
const QUICK = 0.1;
const QUICK_FRAMES = 3;

/** How much later than expected by its rate a frame may come. */
const LATE_MS = 3;

/** The share of the link's time that may go into waiting for newer frames. */
const WAIT_SHARE = 0.02;

export class AckWindow {
  readonly #fps: number;
  /** When the answer line, and each frame not yet acknowledged, was sent; oldest first. */
  readonly #sentAt: number[] = [];
  /** The time from sending to acknowledgement, of the answer line, or of a frame if that took less. */
  #rtt: number | undefined;
  /** How much longer the last acknowledged frames took: the time that the link was busy with each. */
  readonly #linkTimes: number[] = [];
  #lastSentAt: number;
  #count = -1;
  /** Whether there is an answer line, whose acknowledgement shows the round trip to the millisecond. */
  readonly #hasAnswer: boolean;
  /** How long a wait may be at `#budgetAt`, in milliseconds; it grows from then on. */
  #waitBudget: number;
  #budgetAt: number;

  /**
   * `fps`: the rate of the stream; `now`: when the answer line was sent. Undefined if there is none: then `roundTrip`
   * tells what its acknowledgement would.
   */
  constructor({ fps, now }: { fps: number; now: number | undefined }) {
    this.#fps = fps;
    this.#hasAnswer = now !== undefined;
    this.#lastSentAt = now ?? 0;
    if (now === undefined) this.#count = 0;
    else this.#sentAt.push(now);
    this.#waitBudget = 1000 / fps;
    this.#budgetAt = now ?? 0;
  }

  /** Notes a round trip that was measured otherwise, in milliseconds. */
  roundTrip(took: number): void {
    this.#rtt = Math.min(this.#rtt ?? Infinity, took);
  }

  /**
   * How many frames may be unacknowledged: one that is being read, and as many as are captured in one
   * round trip, and as the link carries in it: more would wait for each other. At least `QUICK_FRAMES` on a quick link.
   * One before the first acknowledgement.
   */
  get size(): number {
    if (!this.#hasAnswer && this.#linkTimes.length === 0) return 1;
    const linkTime = this.#linkTimes.length > 0 ? Math.min(...this.#linkTimes) : 0;
    const perSecond = Math.min(this.#fps, 1000 / linkTime);
    const inOneTrip = 1 + Math.floor(perSecond * (this.#rtt ?? 0) / 1000);
    return this.#isQuick ? Math.max(QUICK_FRAMES, inOneTrip) : inOneTrip;
  }

  get #isQuick(): boolean {
    if (this.#rtt === undefined || this.#linkTimes.length === 0) return false;
    return this.#rtt + Math.min(...this.#linkTimes) < QUICK * 1000 / this.#fps;
  }

  /**
   * After how many milliseconds one more frame may be sent, unless an acknowledgement comes first. 0: at once,
   * Infinity: never. On a long return path, one more than `size` may follow when the link must be done with the
   * previous frame. The answer line does not count.
   */
  roomIn(now: number): number {
    const frames = this.#sentAt.length - (this.#count < 0 ? 1 : 0);
    if (frames < this.size) return 0;
    if (frames > this.size || this.#isQuick) return Infinity;
    const linkTime = Math.min(...this.#linkTimes);
    if ((this.#rtt ?? 0) < MAX_RETURN_SHARE * linkTime) return Infinity;
    return Math.max(0, this.#lastSentAt + linkTime - now);
  }

  /**
   * How long to wait for a frame newer than the one of `capturedAgo` milliseconds ago, now that there is
   * room. If a narrow link and the camera run in step, the newest frame can be nearly one interval old each
   * time; one wait breaks the step. 0 if the next frame is too far away, or the link is wide.
   */
  worthWaiting(capturedAgo: number, now: number): number {
    const interval = 1000 / this.#fps;
    if (this.#linkTimes.length === 0 || Math.min(...this.#linkTimes) < interval) return 0;
    const grown = this.#waitBudget + WAIT_SHARE * (now - this.#budgetAt);
    this.#waitBudget = Math.min(interval, grown);
    this.#budgetAt = now;
    const due = interval - capturedAgo + LATE_MS;
    return due > 0 && due <= this.#waitBudget ? due : 0;
  }

  /** Notes a wait for a newer frame, in milliseconds. */
  waited(milliseconds: number): void {
    this.#waitBudget -= milliseconds;
    this.#budgetAt += milliseconds;
  }

  /** The number of the last acknowledgement: 0 for the answer line; undefined before it. */
  get count(): number | undefined {
    return this.#count < 0 ? undefined : this.#count;
  }

  /** How long the oldest unacknowledged frame has waited, in milliseconds. */
  waitingFor(now: number): number {
    return now - (this.#sentAt[0] ?? now);
  }

  /** Notes that a frame is sent. */
  sent(now: number): void {
    this.#sentAt.push(now);
    this.#lastSentAt = now;
  }

  /** Notes acknowledgements; more than were sent do not count. */
  acknowledged(count: number, now: number): void {
    const counted = Math.min(count, this.#sentAt.length);
    if (counted === 0) return;
    const took = now - (this.#sentAt[counted - 1] ?? now);
    this.#sentAt.splice(0, counted);
    const rtt = this.#rtt = Math.min(this.#rtt ?? Infinity, took);
    if (this.#count + counted > 0 && this.#linkTimes.push(took - rtt) > RECENT) {
      this.#linkTimes.shift();
    }
    this.#count += counted;
  }
}
