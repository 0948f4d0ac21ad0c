/**
 * Starts programs other than ffmpeg and ffplay: the user's own, and the browser. `env` (or `cmd`) starts them,
 * the one program besides those two that the client may start (see deno.json).
 */

/** What starts them; permissions.ts drops it where nothing is to be started. */
export const STARTER = Deno.build.os === "windows" ? "cmd" : "env";

/** Starts a program with its arguments, as `env` or `cmd` finds it. The caller owns the child. */
export function startOther(
  command: readonly string[],
  options: Omit<Deno.CommandOptions, "args">,
): Deno.ChildProcess {
  const isWindows = Deno.build.os === "windows";
  return new Deno.Command(STARTER, {
    ...options,
    args: isWindows ? cmdArguments(command) : [...command],
    windowsRawArguments: isWindows,
  }).spawn();
}

/** `cmd`'s raw arguments: with /s it removes the outer quotes and nothing else. */
export function cmdArguments(command: readonly string[]): string[] {
  return ["/d", "/s", "/c", `"${command.map(quote).join(" ")}"`];
}

/** An argument as Windows programs parse it; words that need no quotes stay as they are (`start`). */
function quote(argument: string): string {
  if (/^[\w.:\\/-]+$/.test(argument)) return argument;
  return `"${argument.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, "$1$1")}"`;
}
