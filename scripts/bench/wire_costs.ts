/** Measures CPU time per frame of each wire format, on both sides, on this machine only. */

import type { Bench } from "./bench.ts";
import { Child } from "./child.ts";
import { clientCommand, startServer } from "./framewire.ts";
import { childrenOf, cpuSeconds } from "../../tests/e2e/process_figures.ts";
import { table } from "./table.ts";

const SIZE = ["640", "480"];
const FPS = 30;
const SECONDS = 10;

const WIRES: { readonly [name: string]: string[] } = {
  "raw, silent": [...SIZE, "--raw"],
  "raw, acknowledged": ["--wire", "raw"],
  "y4m": ["--wire", "y4m"],
  "mjpeg": ["--wire", "mjpeg"],
};

/** CPU milliseconds per frame, of the server, the client, and their ffmpegs for JPEG. */
export async function wireCosts(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  for (const [name, args] of Object.entries(WIRES)) rows.push(await costs(bench, name, args));
  return `CPU time a frame, ${
    SIZE.join("x")
  } at ${FPS} fps, one client on the same host, ${SECONDS} ` +
    "s, in ms. The camera's ffmpeg, the same for all, is left out; the other ffmpegs are those that " +
    `write and read JPEGs.\n\n${
      table(["", "server", "its ffmpeg", "client", "its ffmpeg", "both sides"], rows)
    }`;
}

async function costs(bench: Bench, name: string, args: string[]): Promise<string[]> {
  await using server = startServer(["--test", "-r", SIZE.join("x"), "-f", String(FPS)], bench);
  const port = await server.port();
  const cameras = new Set(await childrenOf(server.pid));
  const [program, ...first] = clientCommand();
  const all = [...first, "127.0.0.1", String(port), "--display", "none", ...args];
  await using client = new Child(program, all, bench);
  await pause(3, bench); // programs that have just started still compile their code
  const encoders = (await childrenOf(server.pid)).filter((pid) => !cameras.has(pid));
  const groups = [[server.pid], encoders, [client.pid], await childrenOf(client.pid)];
  const used = () => Promise.all(groups.map(cpuOf));
  const [before, from] = [await used(), performance.now()];
  await pause(SECONDS, bench);
  const after = await used();
  const frames = FPS * (performance.now() - from) / 1000;
  const each = after.map((seconds, i) => 1000 * (seconds - (before[i] ?? 0)) / frames);
  const cells = each.map((ms, i) => groups[i]?.length ? ms.toFixed(2) : "");
  return [name, ...cells, each.reduce((sum, ms) => sum + ms, 0).toFixed(2)];
}

async function cpuOf(pids: number[]): Promise<number> {
  const seconds = await Promise.all(pids.map(cpuSeconds));
  return seconds.reduce((sum, s) => sum + s, 0);
}

async function pause(seconds: number, { signal }: Bench): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  signal.throwIfAborted();
}
