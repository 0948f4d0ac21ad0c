/** Misbehaving clients, dozens and thousands of them: the other clients lose no frame. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { badClients, comeAndGo, crowd } from "./crowd.ts";
import { openFiles, residentMemory } from "./process_figures.ts";
import { commandLine, portOf, Program, shell, until, within } from "./programs.ts";
import { watchRaw } from "./raw_watcher.ts";

const linux = Deno.build.os === "linux";
const SMALL = 320 * 240;

/** Runs a server with one good client. Returns what that client received, and the server's log. */
async function besides(
  act: (target: { hostname: string; port: number }, signal: AbortSignal) => Promise<void>,
  { seconds = 4, args = [] as string[], limit = "" } = {},
): Promise<{ errors: string[]; memory: number }> {
  const all = ["--test", "--stamp", "-r", "320x240", "--stall", "2", ...args];
  const [command, line] = commandLine("server", ["-s", "127.0.0.1", "-p", "0", ...all]);
  await using server = new Program(
    ...(limit ? shell(`${limit}; exec "$@"`, command, line) : [command, line] as const),
  );
  const target = { hostname: "127.0.0.1", port: await portOf(server) };
  const stop = new AbortController();
  const good = watchRaw({ ...target, bytes: SMALL, seconds, warmup: 0.5 });
  await server.line(/connected \(1 now\)/);
  const [descriptors, before] = [await openFiles(server.pid), await residentMemory(server.pid)];
  const acting = act(target, stop.signal);
  const { sequences } = await within("the good client", good);
  const { now } = await residentMemory(server.pid);
  stop.abort();
  await within("the bad ones", acting);
  const lost = sequences.at(-1)! - sequences[0]! + 1 - sequences.length;
  assertEquals(lost, 0, `the good client lost ${lost} frames`);
  assertGreaterOrEqual(sequences.length, 25 * (seconds - 0.5));
  await until("the descriptors are back", async () => await openFiles(server.pid) <= descriptors);
  server.kill();
  assertEquals((await server.end()).code, 0);
  return { errors: server.errors, memory: now - before.now };
}

/** The limit of the growth of the server's memory, in MB: buffers of V8, and of sockets. */
const GROWTH = 60;

Deno.test({
  name: `crowd: two clients each that ${Object.keys(badClients).join("; ")}`,
  ignore: !linux,
  fn: async () => {
    const bad = Object.values(badClients);
    const { memory } = await besides(async (target, signal) => {
      await Promise.all([...bad, ...bad].map((client) => client(target, signal)));
    }, { seconds: 8 });
    assertLessOrEqual(memory, GROWTH);
  },
});

Deno.test({
  name: "crowd: a client that connects and disconnects 200 times a second",
  ignore: !linux,
  fn: async () => {
    const { memory } = await besides((target, signal) => comeAndGo(target, signal, { times: 200 }));
    assertLessOrEqual(memory, GROWTH);
  },
});

Deno.test({
  name: "crowd: 2,000 silent connections: --max-per-host limits them, with a few log lines",
  ignore: !linux,
  fn: async () => {
    const { errors, memory } = await besides(
      (target, signal) => crowd(target, signal, { size: 2000 }),
      { seconds: 6 },
    );
    assertLessOrEqual(memory, GROWTH);
    assert(errors.some((line) => /clients (of 127.0.0.1 )?are being served/.test(line)));
    assertLessOrEqual(errors.length, 120, "a line a client");
  },
});

Deno.test({
  name:
    "crowd: more connections than the system allows (ulimit -n): one log line, then service resumes",
  ignore: !linux,
  fn: async () => {
    const { errors } = await besides(
      (target, signal) => crowd(target, signal, { size: 500 }),
      { limit: "ulimit -n 96", args: ["--max-clients", "4096", "--max-per-host", "4096"] },
    );
    assertLessOrEqual(errors.filter((line) => /cannot accept a client/.test(line)).length, 5);
  },
});
