/** The time of day with fractions of a millisecond. */

/** The maximum difference of the two clocks before the offset is set again. */
const TOLERANCE_MS = 2;

let offset = performance.timeOrigin;

/**
 * Milliseconds since the Unix epoch, fractional. `Date.now()` alone has whole milliseconds; the steady clock
 * alone drifts from the time of day over weeks, so it is set again when the two differ.
 */
export function wallClock(): number {
  const steady = performance.now();
  const whole = Date.now();
  if (Math.abs(offset + steady - whole) > TOLERANCE_MS) offset = whole - steady;
  return offset + steady;
}
