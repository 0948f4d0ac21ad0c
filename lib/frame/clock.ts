/** The time of day with fractions of a millisecond. */

/** How far the two clocks may part, in milliseconds, before the offset is set anew. */
const TOLERANCE_MS = 2;

let offset = performance.timeOrigin;

/**
 * Milliseconds since the Unix epoch, fractional. `Date.now()` alone is whole; the steady clock alone
 * parts from the time of day over weeks, so that it is set again where the two differ.
 */
export function wallClock(): number {
  const steady = performance.now();
  const whole = Date.now();
  if (Math.abs(offset + steady - whole) > TOLERANCE_MS) offset = whole - steady;
  return offset + steady;
}
