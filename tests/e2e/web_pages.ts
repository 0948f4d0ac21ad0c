/** Servers with web pages, and their responses. */

import type { TempDir } from "./pictures.ts";
import { type Program, startServer, within } from "./programs.ts";

/** A small test picture. */
export const SMALL = ["--test", "-r", "320x240"];
/** Starts a server with web pages. Returns their address. */
export async function startWeb(args: string[]): Promise<{ server: Program; url: string }> {
  const server = startServer([...SMALL, "--http", "127.0.0.1:0", ...args]);
  return { server, url: await urlOf(server) };
}

/** The address of the pages, as the program logs it. */
export async function urlOf(program: Program): Promise<string> {
  return (await program.line(/^web: +(https?:\S+)$/))[1]!;
}

/** A page's status and text. */
export async function get(
  url: string,
  init?: RequestInit,
): Promise<{ status: number; text: string }> {
  const response = await within(url, fetch(url, { redirect: "manual", ...init }));
  return { status: response.status, text: await response.text() };
}

/** A file with a token. */
export async function secretIn(dir: TempDir, secret: string): Promise<string> {
  await Deno.writeTextFile(dir.file("token"), `${secret}\n`, { mode: 0o600 });
  return dir.file("token");
}
