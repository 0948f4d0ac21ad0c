/** How far the server's clock is ahead of the browser's. All times are in milliseconds. */

/** Two answers that differ by so much more than their uncertainty show that a clock was set. */
const CLOCK_STEP_MS = 50;

/** The browser's clock: since the Unix epoch, and never set while the page is open. */
export function now() {
  return performance.timeOrigin + performance.now();
}

export class ServerClock {
  /** What to add to the browser's time. */
  offset = 0;
  /** By how much `offset` can be wrong; Infinity before the first answer. */
  uncertainty = Infinity;

  /** Takes the server's `time`, which was asked for at `asked` and has arrived at `at`. */
  answered({ asked, time, at }) {
    const uncertainty = (at - asked) / 2;
    if (!Number.isFinite(time) || !(uncertainty >= 0)) return;
    const offset = time - asked - uncertainty;
    const apart = Math.abs(offset - this.offset) - uncertainty - this.uncertainty;
    if (uncertainty >= this.uncertainty && apart <= CLOCK_STEP_MS) return;
    this.offset = offset;
    this.uncertainty = uncertainty;
  }

  /** Clocks drift apart: called once for each interval between two questions. */
  drift() {
    this.uncertainty += 1;
  }

  /** After a new connection, which may lead to another server, or after a sleep: the next answer counts. */
  doubt() {
    this.uncertainty = Infinity;
  }

  /** The age of a picture at the browser's time `at`; undefined before the first answer. */
  age({ capturedAt }, at) {
    return this.uncertainty === Infinity ? undefined : at + this.offset - capturedAt;
  }
}
