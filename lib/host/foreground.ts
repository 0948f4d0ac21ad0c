/** Finds out whether this program runs in the foreground of its terminal. */

import { runFfmpeg } from "../ffmpeg/run.ts";

/**
 * Whether the job of this process is in its terminal's foreground. True where that can't be found out:
 * without a terminal, without /proc, without ffmpeg. Deno has no tcgetpgrp() and does not read /proc; a child
 * ffmpeg, which is in the same process group, reads its own entry there (60 ms).
 */
export async function isForeground({ signal }: { signal: AbortSignal }): Promise<boolean> {
  if (Deno.build.os !== "linux") return true;
  try {
    const stat = await runFfmpeg(
      [
        ...["-nostdin", "-v", "error", "-f", "data", "-i", "/proc/self/stat"],
        ...["-map", "0", "-c", "copy", "-f", "data", "pipe:1"],
      ],
      new Uint8Array(),
      { signal },
    );
    return ownsTerminal(new TextDecoder().decode(stat));
  } catch {
    return true; // no ffmpeg: assume the usual case
  }
}

/**
 * Reads /proc/PID/stat: `pid (name) state ppid pgrp session tty_nr tpgid ...`, see proc(5). `tpgid` is
 * the process group in the terminal's foreground, -1 without a terminal.
 */
export function ownsTerminal(stat: string): boolean {
  const fields = stat.slice(stat.lastIndexOf(")") + 1).trim().split(" ");
  const [group, foreground] = [Number(fields[2]), Number(fields[5])];
  return !(foreground > 0) || group === foreground;
}
