/**
 * A shell that stops this process when it is told to. The process can't send itself a signal: it has the
 * right to run ffmpeg and ffplay alone, and for `Deno.kill` all would be needed.
 */

/** What the shell does: each line that it reads stops us. Its own signals are ours to handle. */
const SCRIPT = 'trap "" INT TSTP HUP; while read -r _; do kill -STOP "$PPID"; done';

/**
 * Starts the shell, by `env`: the one program through which others may be started (see deno.json).
 * Undefined where it can't be.
 */
export function startStopper(): (AsyncDisposable & { stop(): void }) | undefined {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("env", {
      args: ["sh", "-c", SCRIPT],
      ...{ stdin: "piped", stdout: "null", stderr: "null" },
    }).spawn();
  } catch {
    return undefined; // Ctrl-Z then stops the program as the system does it
  }
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {}); // the shell has ended: nothing stops us
  return {
    stop: () => void writer.write(new Uint8Array([0x0a])).catch(() => {}),
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {}); // the shell ends at the end of its input
      await child.status;
    },
  };
}
