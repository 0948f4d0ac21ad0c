/**
 * A shell that stops this process on request (SIGSTOP). The process can't send itself a signal: `Deno.kill`
 * needs the permission to run everything, and this process may run only ffmpeg, ffplay and `env`.
 */

/** The shell's script: each line that it reads stops its parent. The parent handles the signals of the terminal. */
const SCRIPT = 'trap "" INT TSTP HUP; while read -r _; do kill -STOP "$PPID"; done';

/**
 * Starts the shell with `env`, the one program that may start others (see deno.json). Undefined where it can't
 * be started.
 */
export function startStopper(): (AsyncDisposable & { stop(): void }) | undefined {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("env", {
      args: ["sh", "-c", SCRIPT],
      ...{ stdin: "piped", stdout: "null", stderr: "null" },
    }).spawn();
  } catch {
    return undefined; // Ctrl-Z then stops the program without restoring the terminal
  }
  const writer = child.stdin.getWriter();
  writer.closed.catch(() => {}); // the shell has ended: Ctrl-Z has no effect
  return {
    stop: () => void writer.write(new Uint8Array([0x0a])).catch(() => {}),
    async [Symbol.asyncDispose]() {
      await writer.close().catch(() => {}); // the shell ends at the end of its input
      await child.status;
    },
  };
}
