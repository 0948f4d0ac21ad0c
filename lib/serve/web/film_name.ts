/** The names of films: the stream, the local date and time, as `-o` names files; and their lengths. Pure. */

import { again, formatName, matchPattern, withPattern } from "../../ffmpeg/clip_name.ts";

/** The name of a film of `stream` that begins at `time`: one that `isTaken` does not know. */
export function filmName(
  stream: string,
  time: Date,
  isTaken: (name: string) => boolean,
): string {
  const name = formatName(pattern(stream), { time, number: 1 });
  if (!isTaken(name)) return name;
  for (let number = 2;; number++) {
    const next = again(name, number);
    if (!isTaken(next)) return next;
  }
}

/** Whether a file is a film of `stream`, by its name. */
export function isFilmOf(stream: string, name: string): boolean {
  return matchPattern(pattern(stream), name) !== undefined;
}

/** When a film begins, by its name, in the local time. */
export function beginningOf(name: string): Date {
  const parts = /(\d{4})-(\d\d)-(\d\d)_(\d\d)-(\d\d)-(\d\d)(?:-\d+)?\.mp4$/.exec(name) ?? [];
  const [, year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return new Date(year, month - 1, day, hour, minute, second);
}

/** The order of the films of a stream, by their names: those of the same second have numbers. */
export function byTime(a: string, b: string): number {
  const stem = (name: string) => name.slice(0, -".mp4".length);
  return stem(a).localeCompare(stem(b), "en", { numeric: true });
}

/** The length of a film, to a tenth of a second. */
export function roundSeconds(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/**
 * A stream has letters, digits, `-` and `_` in its name; that of a client is as the other server has it. Other characters
 * become `~` and the number of each byte of their UTF-8: two streams never have the same films.
 */
function pattern(stream: string): string {
  const name = stream.replace(/[^A-Za-z0-9_-]/gu, (character) => {
    const bytes = [...new TextEncoder().encode(character)];
    return bytes.map((byte) => `~${byte.toString(16).padStart(2, "0")}`).join("");
  });
  return withPattern(`${name}.mp4`);
}
