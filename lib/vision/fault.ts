/** What a person reads when a filter throws: its message, and where in the user's own file it happened. */

import { messageOf } from "../log/failure.ts";
import { cvMessage } from "./cv.ts";

/** The words of anything that a filter throws, with the place in the user's own file. */
export function faultText(thrown: unknown): string {
  // A parser's message draws the place in lines of their own; the first line names it.
  const [first = ""] = cvMessage(thrown).split("\n");
  return `${refusal(first)}${place(thrown)}`;
}

/**
 * Deno's words for a missing right recommend a command-line flag, which does not help here. They are
 * read as text, because a refused import is a plain `TypeError`.
 */
function refusal(message: string): string {
  const [, access, what] = /^Requires (\w+) access(?: to "(.*?)")?, /.exec(message) ?? [];
  if (!access) return message;
  const object = what ? ` to "${what}"` : "";
  return `${access} access${object} is refused: a filter may only read files in its own folder`;
}

/** Where in the user's own file an error came from: ` (mine.js:12:5)`. */
function place(thrown: unknown): string {
  const stack = thrown instanceof Error ? thrown.stack ?? "" : "";
  const match = /file:\/\/\S*?([^/\s]+\.m?js:\d+:\d+)/.exec(stack);
  return match && !messageOf(thrown).includes(match[1] ?? "") ? ` (${match[1]})` : "";
}
