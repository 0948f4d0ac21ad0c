/**
 * How many frames may be on their way to a client that acknowledges. The system's socket buffers would
 * take in up to 4 MB, and their pictures would grow old there; with acknowledgements no more is sent
 * than the way itself holds. Times are those of one steady clock, in milliseconds.
 */

export class AckWindow {
  readonly #fps: number;
  /** When the answer line, and each frame not yet acknowledged, was sent; oldest first. */
  readonly #sentAt: number[] = [];
  /** From the sending to the acknowledgement of the answer line, or of a frame where that took less. */
  #rtt: number | undefined;
  #count = -1;

  /** `fps`: the rate of the stream. Begins with the sending of the answer line. */
  constructor({ fps, now }: { fps: number; now: number }) {
    this.#fps = fps;
    this.#sentAt.push(now);
  }

  /**
   * How many frames may be unacknowledged: one that is being read, and as many as are captured in one
   * round trip. One until the first acknowledgement has come.
   */
  get size(): number {
    return 1 + Math.floor(this.#fps * (this.#rtt ?? 0) / 1000);
  }

  /** Whether one more frame may be sent. The answer line, until it is acknowledged, takes no room. */
  get hasRoom(): boolean {
    const frames = this.#sentAt.length - (this.#count < 0 ? 1 : 0);
    return frames < this.size;
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
  }

  /** Takes note of acknowledgements. Those of things never sent are not counted. */
  acknowledged(count: number, now: number): void {
    const counted = Math.min(count, this.#sentAt.length);
    if (counted === 0) return;
    const first = this.#sentAt[0] ?? now;
    this.#sentAt.splice(0, counted);
    this.#rtt = Math.min(this.#rtt ?? Infinity, now - first);
    this.#count += counted;
  }
}
