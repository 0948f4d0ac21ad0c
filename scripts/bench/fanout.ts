/** Maximum throughput from memory: our frame server against the C server, in turns on the same machine. */

import { type Bench, has } from "./bench.ts";
import { Child } from "./child.ts";
import { startMemorySource } from "./framewire.ts";
import { measure } from "./sink.ts";
import { median, table, whole } from "./table.ts";

const SIZES: [width: string, height: string][] = [["320", "240"], ["640", "480"]];
const CLIENTS = [1, 4, 16, 64];
const ROUNDS = 3;
const SECONDS = 2;

/** MB/s to all clients together, and the ratio to the C server. */
export async function fanout(bench: Bench): Promise<string> {
  const { signal, rawServer } = bench;
  const pinned = await has("taskset", ["-c", "0", "true"], bench);
  const rows: string[][] = [];
  for (const size of SIZES) {
    await using ours = startMemorySource(size, bench);
    await using all = new Child(rawServer, size, { signal });
    await using one = pinned
      ? new Child("taskset", ["-c", "0", rawServer, ...size], { signal })
      : new Child(rawServer, size, { signal });
    const ports = [await ours.port(), await all.port(), await one.port()];
    for (const clients of CLIENTS) {
      const rates: number[][] = ports.map(() => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [index, port] of ports.entries()) {
          const { total } = await measure(bench, { port, size, clients, seconds: SECONDS });
          rates[index]?.push(total.MB_s);
        }
      }
      const [our = NaN, threads = NaN, core = NaN] = rates.map(median);
      rows.push([
        `${size.join("x")}, ${clients} ${clients === 1 ? "client" : "clients"}`,
        ...[whole(our), whole(threads), (our / threads).toFixed(2)],
        ...(pinned ? [whole(core), (our / core).toFixed(2)] : ["", ""]),
      ]);
    }
  }
  return `Frames from memory, flat out; MB/s to all clients together, median of ${ROUNDS} runs of ` +
    `${SECONDS} s in turns. The C server has a thread for each client; ours sends from one thread, ` +
    "so it is also compared with the C server on one core. The clients let the kernel drop what " +
    `they receive.\n\n${table(["", "Framewire", "C", "ratio", "C, one core", "ratio"], rows)}`;
}
