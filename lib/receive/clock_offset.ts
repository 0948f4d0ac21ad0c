/**
 * Estimates how far the server's clock is ahead of ours, from the times of both for the same bytes. Pure.
 *
 * An acknowledgement left at `a` (our clock) and arrived later, at `T` (theirs): offset <= T - a. A frame
 * was captured at `C` (theirs) and read later, at `r` (ours): offset >= C - r. The offset lies between the
 * tightest bounds of each kind. NTP does this with one round trip (RFC 5905, section 8), this class with
 * many.
 */

/** How long a bound is kept, in milliseconds: clocks drift by up to 2 ms a minute. */
const KEPT_MS = 30_000;

/** If bounds contradict each other by more than this, in milliseconds, a clock was set. */
const CONTRADICTION_MS = 1;

/** An offset and its uncertainty, in milliseconds. */
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

  /** An acknowledgement left at `sentAt` (our clock) and reached the server at `at` (its clock). */
  noteAck(at: number, sentAt: number): void {
    this.#roll(sentAt);
    this.#bounds.most = Math.min(this.#bounds.most, at - sentAt);
  }

  /** Undefined until there is a bound of each kind. */
  get value(): Offset | undefined {
    const least = Math.max(this.#bounds.least, this.#before.least);
    const most = Math.min(this.#bounds.most, this.#before.most);
    if (!Number.isFinite(least) || !Number.isFinite(most)) return undefined;
    if (least > most + CONTRADICTION_MS) {
      this.#before = this.#bounds = { since: this.#bounds.since, least: -Infinity, most: Infinity };
      return undefined;
    }
    return { offset: (least + most) / 2, uncertainty: Math.max(0, (most - least) / 2) };
  }

  #roll(now: number): void {
    if (now - this.#bounds.since < KEPT_MS) return;
    this.#before = this.#bounds;
    this.#bounds = { since: now, least: -Infinity, most: Infinity };
  }
}
