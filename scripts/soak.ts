/**
 * Soak test (Linux): runs the server with twenty misbehaving clients, a source that is killed repeatedly, and a
 * few good clients. Fails if memory, file descriptors or child processes grow, or if a good client loses a
 * frame.
 *
 *     deno run -A scripts/soak.ts [--seconds 60]
 */

import { Failure, messageOf } from "../lib/log/failure.ts";
import { pause } from "../lib/async/aborted.ts";
import { badClients, comeAndGo, crowd, type Target } from "../tests/e2e/crowd.ts";
import { childrenOf, openFiles, residentMemory } from "../tests/e2e/process_figures.ts";
import { portOf, type Program, startClient, startServer } from "../tests/e2e/programs.ts";
import { watchRaw } from "../tests/e2e/raw_watcher.ts";

const SIZE = [320, 240] as const;

/** The time between two failures of the source. */
const FAULT_INTERVAL_SECONDS = 10;

/** The time for sessions (until --stall) and the last child process to end. */
const SETTLE_SECONDS = 6;

/**
 * The memory of such a server after some minutes, in MB: V8 collects late. The server may grow up to `PLATEAU_MB`;
 * above it, by `SLACK_MB`, the difference between garbage collections.
 */
const [PLATEAU_MB, SLACK_MB] = [120, 12];

/** The server's resources at one time. */
interface Reading {
  /** The server's own memory in MB. */
  readonly memory: number;
  readonly descriptors: number;
  readonly children: number;
}

/** The frames of one good client. */
interface Seen {
  readonly frames: number;
  readonly lost: number;
}

async function soak(seconds: number): Promise<void> {
  const args = ["--test", "--stamp", "-r", SIZE.join("x"), "--stall", "3", "--max-per-host", "40"];
  await using server = startServer(args);
  const target = { hostname: "127.0.0.1", port: await portOf(server) };
  const stop = new AbortController();
  const { signal } = stop;
  const bytes = SIZE[0] * SIZE[1];
  const good = [1, 2, 3].map(() =>
    watchRaw({ ...target, bytes, seconds: seconds + SETTLE_SECONDS, warmup: 1 })
  );
  await using client = startClient(target.port, ["--duration", String(seconds), "--stats", "-"]);
  await client.line(/^receiving/);
  await pause(1000, signal);

  const before = await read(server);
  const readings: Reading[] = [];
  const bad = misbehave(target, signal);
  const killing = killSources(server, signal);
  for (let at = 1; at <= seconds; at++) {
    await pause(1000, signal);
    readings.push(await read(server));
    if (at % 10 === 0) show(`${at} s`, readings.at(-1)!);
  }
  stop.abort();
  await Promise.all([bad, killing]);
  const ours = await client.end();
  const seen = (await Promise.all(good)).map(({ sequences }): Seen => ({
    frames: sequences.length,
    // A NO SIGNAL picture has the number of the next frame.
    lost: sequences.at(-1)! - sequences[0]! + 1 - new Set(sequences).size,
  }));
  const after = await read(server);
  show("before", before);
  show("after", after);
  server.kill();
  const { code } = await server.end();

  const half = readings.length / 2;
  const highest = (some: Reading[]) => Math.max(...some.map(({ memory }) => memory));
  const [early, late] = [highest(readings.slice(0, half)), highest(readings.slice(half))];
  console.log(
    `memory: maximum ${early.toFixed(1)} MB in the first half, ${late.toFixed(1)} MB in the second`,
  );
  console.log(`good clients: ${seen.map(({ frames, lost }) => `${frames} frames, ${lost} lost`)}`);
  console.log(`./client: exit ${ours.code}, ${client.errors.at(-1)}`);
  const losses = server.errors.filter((line) => /^warning: lost/.test(line)).length;
  console.log(
    `the source was lost ${losses} times; the server wrote ${server.errors.length} lines`,
  );

  judge(late <= Math.max(PLATEAU_MB, early + SLACK_MB), "memory grows");
  judge(after.descriptors <= before.descriptors, "file descriptors leak");
  judge(after.children <= before.children, "child processes remain");
  judge(seen.every(({ frames, lost }) => lost === 0 && frames > 20 * seconds), "frames are lost");
  judge(ours.code === 0 && code === 0, "a program failed");
  judge(losses >= Math.floor(seconds / FAULT_INTERVAL_SECONDS) - 1, "the source was not lost");
  judge(server.errors.length <= 200 + 5 * seconds, "the log is flooded");
}

/** Runs twenty misbehaving clients of all kinds at a time: 18, one that reconnects all the time, and a crowd. */
async function misbehave(target: Target, signal: AbortSignal): Promise<void> {
  const kinds = Object.values(badClients);
  const twenty = Array.from({ length: 18 }, (_, i) => kinds[i % kinds.length]!);
  await Promise.all([
    ...twenty.map((client) => client(target, signal)),
    comeAndGo(target, signal, { times: 50 }),
    crowd(target, signal, { size: 200 }),
  ]);
}

/** Kills or stops the source's ffmpeg at an interval. */
async function killSources(server: Program, signal: AbortSignal): Promise<void> {
  for (let i = 0; !signal.aborted; i++) {
    await pause(FAULT_INTERVAL_SECONDS * 1000, signal);
    const [oldest] = (await childrenOf(server.pid)).sort((a, b) => a - b);
    if (signal.aborted || oldest === undefined) continue;
    Deno.kill(oldest, i % 3 === 2 ? "SIGSTOP" : "SIGKILL");
  }
}

async function read({ pid }: Program): Promise<Reading> {
  const { own } = await residentMemory(pid);
  const [descriptors, children] = [await openFiles(pid), (await childrenOf(pid)).length];
  return { memory: own, descriptors, children };
}

function show(when: string, { memory, descriptors, children }: Reading): void {
  console.log(
    `${when}: ${memory.toFixed(1)} MB, ${descriptors} descriptors, ${children} children`,
  );
}

function judge(holds: boolean, what: string): void {
  if (!holds) throw new Failure(`The soak test failed: ${what}`, "see the figures above");
}

const [option, value = "60"] = Deno.args;
try {
  if (option !== undefined && option !== "--seconds" || !(Number(value) >= 20)) {
    throw new Failure(
      "Cannot read the command line",
      "usage: deno run -A scripts/soak.ts [--seconds N], at least 20",
    );
  }
  await soak(Number(value));
  console.log("ok");
} catch (thrown) {
  console.error(`error: ${messageOf(thrown)}`);
  if (thrown instanceof Failure) console.error(`hint:  ${thrown.hint}`);
  Deno.exit(1);
}
