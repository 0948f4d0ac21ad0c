/** What a program prints on stdout for people: help, version, lists. */

import { Failure, messageOf } from "../log/failure.ts";

/** Prints a text. A reader that has closed the pipe (`| head`) is no error; throws a `Failure` for any other. */
export function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.BrokenPipe) return;
    throw new Failure(`Cannot write to stdout: ${messageOf(thrown)}`, "check where stdout goes", {
      cause: thrown,
    });
  }
}
