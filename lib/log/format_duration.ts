/** Durations in messages. */

/** The units from the largest, in seconds. */
const UNITS = [["d", 86_400], ["h", 3600], ["min", 60], ["s", 1]] as const;

/** Up to this many seconds, the duration stays in seconds. */
const MAX_SECONDS = 120;

/** A duration in its two largest units: `0.5 s`, `90 s`, `1 h`, `2 min 30 s`. */
export function formatDuration(seconds: number): string {
  if (seconds < MAX_SECONDS) return `${seconds} s`;
  let rest = Math.round(seconds);
  const first = UNITS.findIndex(([, length]) => rest >= length);
  const parts = UNITS.slice(first, first + 2).map(([unit, length]) => {
    const count = Math.floor(rest / length);
    rest -= count * length;
    return { count, text: `${count} ${unit}` };
  });
  return parts.filter(({ count }) => count > 0).map(({ text }) => text).join(" ");
}
