/** A client behind a link, and its figures. */

import { assertEquals } from "../assert.ts";
import type { Link } from "./link.ts";
import { commandLine, Program } from "./programs.ts";

/** Of the server. */
export const FPS = 30;

/** A line of the client's `--stats`. */
export interface Figures {
  readonly seconds: number;
  readonly frames: number;
  readonly fps: number;
  readonly skipped: number;
  readonly wire: string;
  readonly age: { readonly p50: number; readonly p99: number };
}

/** Starts the server inside the link. */
export function serve(link: Link, args: string[]): Program {
  const all = ["-s", link.address, "-p", "0", "--test", "-f", String(FPS), ...args];
  return new Program(...link.inside(commandLine("server", all)));
}

/** Runs the client to its end. Returns its lines of figures, and stderr. */
export async function figures(
  hostname: string,
  port: number,
  args: string[],
): Promise<{ seconds: Figures[]; whole: Figures; stderr: string }> {
  const all = [hostname, String(port), "--display", "none", "--stats", "-", ...args];
  await using client = new Program(...commandLine("client", all));
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const lines = new TextDecoder().decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  return { seconds: lines.slice(0, -1), whole: lines.at(-1), stderr };
}
