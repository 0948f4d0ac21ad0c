/** Whether the server's memory grows with the frames that it has sent. */

import { Failure } from "../../lib/frame/failure.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import type { Bench } from "./bench.ts";
import { Child } from "./child.ts";
import { makeMovie, startServer } from "./framewire.ts";
import { rawFrames } from "./probe.ts";
import { residentMemory } from "./process_figures.ts";
import { sinkArguments } from "./sink.ts";
import { table, whole } from "./table.ts";

const [WIDTH, HEIGHT] = [640, 480];
const CLIENTS = 64;
const MARKS = [1_000, 5_000, 10_000, 20_000];

/** Resident memory after so many captured frames, with 64 clients. */
export async function memory(bench: Bench): Promise<string> {
  const { signal } = bench;
  const path = await makeMovie(bench, { size: `${WIDTH}x${HEIGHT}`, seconds: 20 });
  await using server = startServer(["-i", path, "--loop", "--no-pace", "--stamp"], bench);
  const port = await server.port();
  await using _clients = new Child(
    bench.sink,
    sinkArguments({
      ...{ port, size: [String(WIDTH), String(HEIGHT)], clients: CLIENTS - 1, seconds: 3600 },
    }),
    { signal },
  );
  const rows: string[][] = [];
  for await (const frame of rawFrames(port, { width: WIDTH, height: HEIGHT }, { signal })) {
    const [mark] = MARKS.slice(rows.length);
    if (mark === undefined) break;
    if ((readStamp(frame)?.sequence ?? 0) < mark) continue;
    const { now, own, highest } = await residentMemory(server.pid);
    const figures = [now, own, highest].map((figure) => `${whole(figure)} MB`);
    rows.push([`after ${whole(mark)} frames`, ...figures]);
  }
  if (rows.length < MARKS.length) {
    throw new Failure("Cannot measure the memory: the server closed", "run it by hand");
  }
  return `${WIDTH}x${HEIGHT}, a movie as fast as it goes, ${CLIENTS} clients: the server's memory in ` +
    `RAM, its ffmpeg not counted. "Own" leaves out the program's file.\n\n${
      table(["", "RSS", "own", "highest so far"], rows)
    }`;
}
