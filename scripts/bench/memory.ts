/** Measures whether the server's memory grows with the number of sent frames. */

import { Failure } from "../../lib/log/failure.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import type { Bench } from "./bench.ts";
import { Child } from "./child.ts";
import { type Command, makeMovie, serverCommands, startServer } from "./framewire.ts";
import { rawFrames } from "./probe.ts";
import { residentMemory } from "../../tests/e2e/process_figures.ts";
import { sinkArguments } from "./sink.ts";
import { table, whole } from "./table.ts";

const [WIDTH, HEIGHT] = [640, 480];
const CLIENTS = 64;
const MARKS = [1_000, 5_000, 10_000, 20_000];

/** Resident memory after some numbers of captured frames, with 64 clients. */
export async function memory(bench: Bench): Promise<string> {
  const movie = await makeMovie(bench, { size: `${WIDTH}x${HEIGHT}`, seconds: 20 });
  const rows: string[][] = [];
  for (const [name, command] of serverCommands()) {
    for (const [mark, ...figures] of await watch(command, movie, bench)) {
      rows.push([`${name}, ${mark}`, ...figures]);
    }
  }
  return `${WIDTH}x${HEIGHT}, a movie as fast as it goes, ${CLIENTS} clients: the server's memory in ` +
    `RAM, its ffmpeg not counted. "Own" leaves out the program's file.\n\n${
      table(["", "RSS", "own", "highest so far"], rows)
    }`;
}

/** One row per number of frames. */
async function watch(command: Command, movie: string, bench: Bench): Promise<string[][]> {
  const { signal } = bench;
  const args = ["-i", movie, "--loop", "--no-pace", "--stamp"];
  await using server = startServer(args, { signal, command });
  const port = await server.port();
  const size: [string, string] = [String(WIDTH), String(HEIGHT)];
  const clients = sinkArguments({ port, size, clients: CLIENTS - 1, seconds: 3600 });
  await using _clients = new Child(bench.sink, clients, { signal });
  const rows: string[][] = [];
  for await (const frame of rawFrames(port, { width: WIDTH, height: HEIGHT }, { signal })) {
    const mark = MARKS[rows.length];
    if (mark === undefined) return rows;
    if ((readStamp(frame)?.sequence ?? 0) < mark) continue;
    const { now, own, highest } = await residentMemory(server.pid);
    const figures = [now, own, highest].map((figure) => `${whole(figure)} MB`);
    rows.push([`${whole(mark)} frames`, ...figures]);
  }
  throw new Failure("Cannot measure the memory: the server closed", "run it by hand");
}
