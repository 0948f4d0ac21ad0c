/** Measures how long a client waits for the first frame of a server that starts. */

import { Failure } from "../../lib/log/failure.ts";
import type { Bench } from "./bench.ts";
import { Child, freePort } from "./child.ts";
import { type Command, serverCommands } from "./framewire.ts";
import { rawFrames } from "./probe.ts";
import { median, table } from "./table.ts";

const [WIDTH, HEIGHT] = [640, 480];
const ROUNDS = 5;

/** Milliseconds from the server's start to the first whole frame at a client. */
export async function start(bench: Bench): Promise<string> {
  const rows: string[][] = [];
  for (const [name, command] of serverCommands()) {
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round++) times.push(await firstFrame(command, bench));
    const milliseconds = (time: number) => `${Math.round(time)} ms`;
    rows.push([name, milliseconds(median(times)), milliseconds(Math.max(...times))]);
  }
  return "From the start of `server --test` to the first whole frame (640x480) at a client that has " +
    `been trying to connect since then; ${ROUNDS} starts.\n\n${
      table(["", "median", "longest"], rows)
    }`;
}

async function firstFrame(
  [program, ...first]: Command,
  { signal }: Bench,
): Promise<number> {
  const port = freePort();
  const args = [...first, "--test", "-s", "127.0.0.1", "-p", String(port)];
  const started = performance.now();
  await using _server = new Child(program, args, { signal });
  for await (const _ of rawFrames(port, { width: WIDTH, height: HEIGHT }, { signal })) {
    return performance.now() - started;
  }
  throw new Failure("Cannot measure the start: the server closed", "run it by hand");
}
