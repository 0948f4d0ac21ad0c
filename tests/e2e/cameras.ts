/** Servers of several test cameras, and their clients. */

import type { TempDir } from "./pictures.ts";
import { commandLine, Program } from "./programs.ts";

/** A configuration in a file of its own. */
export async function configIn(dir: TempDir, text: string): Promise<string> {
  const path = dir.file("cameras.toml");
  await Deno.writeTextFile(path, text);
  return path;
}

/** A test camera's table. */
export function camera(name: string, size: string, rest = ""): string {
  return `[camera.${name}]\ntest = true\nresolution = "${size}"\n${rest}\n`;
}

/** Starts a client of one stream. */
export function watch(port: number, name: string, args: string[]): Program {
  const address = [`127.0.0.1/${name}`, String(port)];
  return new Program(...commandLine("client", [...address, "--display", "none", ...args]));
}

/** How many frames a client has missed, as it says at its end. */
export function missedBy(stderr: string): number {
  return Number(/^ended after \d+ frames? in .* s: (\d+) missed/m.exec(stderr)?.[1] ?? NaN);
}
