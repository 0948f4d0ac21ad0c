/** Thousands of hostile connections, from addresses of this host (tests/e2e/hostile.pl). */

import { installed, Program } from "./programs.ts";

const script = new URL("./hostile.pl", import.meta.url).pathname;

/** Whether it can run here: all of 127.0.0.0/8 belongs to the host only on Linux. */
export const canBeHostile = Deno.build.os === "linux" && installed("perl");

/** Opens and resets `count` connections. It prints "done" and ends. */
export function reset(port: number, count: number): Program {
  return new Program("perl", [script, "reset", String(port), String(count)]);
}

/**
 * Opens `count` connections from `hosts` addresses from 127.0.0.2 on, sends `words` on each and reads
 * nothing. It holds up to 400 of them until it is disposed of.
 */
export function hold(
  port: number,
  { count, hosts, words }: { count: number; hosts: number; words: Uint8Array },
): AsyncDisposable {
  const args = [script, "hold", String(port), String(count), String(hosts), words.toHex()];
  const program = new Program("perl", args, { stdin: "piped" });
  return {
    [Symbol.asyncDispose]: async () => {
      await program.stdin.close().catch(() => {}); // it was disposed of before
      await program[Symbol.asyncDispose]();
    },
  };
}

/** How many connections to this port are established, on the listening side. */
export async function established(port: number): Promise<number> {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const lines = (await Deno.readTextFile("/proc/net/tcp")).split("\n").slice(1);
  return lines.filter((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    return local.endsWith(ending) && state === "01";
  }).length;
}
