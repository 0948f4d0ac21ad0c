/** The text of an error that a filter throws: the message, and the place in the user's file. */

import { messageOf } from "../log/failure.ts";
import { cvMessage } from "./cv.ts";

/** The message of anything that a filter throws, with the place in the user's file. */
export function faultText(thrown: unknown): string {
  // A parser's message shows the source in further lines; the first line has the place.
  const [first = ""] = cvMessage(thrown).split("\n");
  return `${refusal(first)}${place(thrown)}`;
}

/**
 * Replaces Deno's message about a missing permission: it recommends a command-line flag, which does not
 * help here. The text has to be matched, because a refused import is a plain `TypeError`.
 */
function refusal(message: string): string {
  const [, access, what] = /^Requires (\w+) access(?: to "(.*?)")?, /.exec(message) ?? [];
  if (!access) return message;
  const object = what ? ` to "${what}"` : "";
  return `${access} access${object} is refused: a filter can only read files in its own folder`;
}

/** The place of an error in the user's file: ` (mine.js:12:5)`. */
function place(thrown: unknown): string {
  const stack = thrown instanceof Error ? thrown.stack ?? "" : "";
  const match = /file:\/\/\S*?([^/\s]+\.m?js:\d+:\d+)/.exec(stack);
  return match && !messageOf(thrown).includes(match[1] ?? "") ? ` (${match[1]})` : "";
}
