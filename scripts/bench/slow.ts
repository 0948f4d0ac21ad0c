/** Measures how much slow clients cost the others. */

import type { Bench } from "./bench.ts";
import { Child } from "./child.ts";
import { startServer } from "./framewire.ts";
import { measure, sinkArguments } from "./sink.ts";
import { table } from "./table.ts";

const SIZE: [width: string, height: string] = ["640", "480"];
const CLIENTS = 8;
const SECONDS = 10;

/** The rate at which the slow clients read, in bytes per second. */
const SLOW = [0, 100_000];

/** Loss and age of 8 clients, alone and with the slow ones. */
export async function slow(bench: Bench): Promise<string> {
  const rows = [await row("8 clients", bench, []), await row("and 2 slow ones", bench, SLOW)];
  return `${
    SIZE.join("x")
  }, 30 fps, ${SECONDS} s: ${CLIENTS} clients that read, alone and beside ` +
    "one that never reads and one that reads 100 kB/s. Age is from the stamp to the read of the " +
    `frame's last byte.\n\n${
      table(["", "frames", "fps, least", "lost", "age p50", "age p99"], rows)
    }`;
}

async function row(name: string, bench: Bench, slow: number[]): Promise<string[]> {
  await using scope = new AsyncDisposableStack();
  const args = ["--test", "-r", SIZE.join("x"), "--stamp", "--stall", "600"];
  const server = scope.use(startServer(args, bench));
  const port = await server.port();
  for (const rate of slow) {
    const reading = sinkArguments({ port, size: SIZE, clients: 1, seconds: 600 });
    scope.use(new Child(bench.sink, [...reading, "--slow-client", String(rate)], bench));
  }
  const { total } = await measure(bench, {
    ...{ port, size: SIZE, clients: CLIENTS, seconds: SECONDS, warmup: 2, stamp: true },
  });
  const { p50, p99 } = total.latency_ms;
  return [
    ...[name, String(total.frames), total.fps_per_client_min.toFixed(1), String(total.gaps)],
    ...[`${p50.toFixed(2)} ms`, `${p99.toFixed(2)} ms`],
  ];
}
