/**
 * How far the server's clock is ahead of ours, from what both say of the same bytes. Pure.
 *
 * An acknowledgement that left at `a` (our clock) and was there at `T` (theirs) was not there before it
 * left: offset <= T - a. A frame that was captured at `C` (theirs) and read at `r` (ours) was not read
 * before it was captured: offset >= C - r. The truth lies between the tightest of each kind, which is
 * what NTP does with one round trip (RFC 5905, section 8), over many of them.
 */

/** How long a bound is kept, in milliseconds: clocks drift, by 2 ms a minute at the worst. */
const KEPT = 30_000;

/** Bounds that contradict each other by more than this, in ms: a clock was set. */
const CONTRADICTION = 1;

/** The offset and how far it may be off, in milliseconds. */
export interface Offset {
  /** Server's clock minus ours. */
  readonly offset: number;
  readonly uncertainty: number;
}

interface Bounds {
  readonly since: number;
  least: number;
  most: number;
}

export class ClockOffset {
  #bounds: Bounds = { since: -Infinity, least: -Infinity, most: Infinity };
  #before: Bounds = this.#bounds;

  /** A frame was captured at `capturedAt` (server's clock) and its head read at `readAt` (ours). */
  noteFrame(capturedAt: number, readAt: number): void {
    this.#roll(readAt);
    this.#bounds.least = Math.max(this.#bounds.least, capturedAt - readAt);
  }

  /** An acknowledgement left at `sentAt` (our clock) and had reached the server at `at` (its clock). */
  noteAck(at: number, sentAt: number): void {
    this.#roll(sentAt);
    this.#bounds.most = Math.min(this.#bounds.most, at - sentAt);
  }

  /** Undefined before there is a bound of each kind. */
  get value(): Offset | undefined {
    const least = Math.max(this.#bounds.least, this.#before.least);
    const most = Math.min(this.#bounds.most, this.#before.most);
    if (!Number.isFinite(least) || !Number.isFinite(most)) return undefined;
    if (least > most + CONTRADICTION) {
      this.#before = this.#bounds = { since: this.#bounds.since, least: -Infinity, most: Infinity };
      return undefined;
    }
    return { offset: (least + most) / 2, uncertainty: Math.max(0, (most - least) / 2) };
  }

  #roll(now: number): void {
    if (now - this.#bounds.since < KEPT) return;
    this.#before = this.#bounds;
    this.#bounds = { since: now, least: -Infinity, most: Infinity };
  }
}
