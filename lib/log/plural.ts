/** Counts in messages. */

/** `1 frame`, `2 frames`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
