/** Fast, slow, stuck and disconnected clients, and one too many. None costs the others a frame. */

import { assert, assertEquals } from "../assert.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import { portOf, startServer, until, within } from "./programs.ts";

const SIZE = 640 * 480;

/** Connects and reads `count` whole frames. Returns their sequence numbers. */
async function readSequences(port: number, count: number): Promise<number[]> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const frame = new Uint8Array(SIZE);
  const sequences: number[] = [];
  for (let at = 0; sequences.length < count;) {
    const read = await within("bytes", conn.read(frame.subarray(at)));
    if (read === null) break;
    at = (at + read) % SIZE;
    if (at === 0) sequences.push(readStamp(frame)!.sequence);
  }
  return sequences;
}

function inARow(sequences: number[]): boolean {
  return sequences.every((sequence, i) => sequence === sequences[0]! + i);
}

Deno.test("server: a client that never reads is skipped, then closed; the others lose no frame", async () => {
  await using server = startServer(["--test", "--stamp", "-f", "60", "--stall", "2"]);
  const port = await portOf(server);
  using _stuck = await Deno.connect({ hostname: "127.0.0.1", port });
  const good = await Promise.all([readSequences(port, 150), readSequences(port, 150)]);
  for (const sequences of good) {
    assertEquals(sequences.length, 150);
    assert(inARow(sequences), "a good client lost frames");
  }
  const [, skipped] = await server.line(
    /closed \(took no data for 2 s\): \d+ frames sent, (\d+) skipped/,
  );
  assert(Number(skipped) > 0, "nothing was skipped");
});

Deno.test("server: a slow client gets whole frames, with gaps, and is not closed", async () => {
  await using server = startServer(["--test", "--stamp", "-f", "60", "--stall", "1"]);
  const port = await portOf(server);
  using slow = await Deno.connect({ hostname: "127.0.0.1", port });
  const good = readSequences(port, 180);
  const frame = new Uint8Array(SIZE);
  const sequences: number[] = [];
  for (let at = 0; sequences.length < 25;) {
    const read = await within("bytes", slow.read(frame.subarray(at, Math.min(SIZE, at + 65536))));
    assert(read !== null, "the slow client was closed");
    at = (at + read) % SIZE;
    if (at === 0) sequences.push(readStamp(frame)!.sequence);
    await new Promise((resolve) => setTimeout(resolve, 20)); // the slowness of the client
  }
  assert(sequences.every((sequence, i) => i === 0 || sequence > sequences[i - 1]!));
  assert(!inARow(sequences), "nothing was skipped");
  assert(inARow(await good), "a good client lost frames");
});

Deno.test("server: a client that has closed its sending side gets frames; a disconnect is logged", async () => {
  await using server = startServer(["--test", "--stamp", "-f", "60"]);
  const port = await portOf(server);
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new Uint8Array(100_000)); // the server reads and drops what a client sends
  await conn.closeWrite();
  const bytes = new Uint8Array(SIZE);
  for (let got = 0; got < 3 * SIZE;) {
    const read = await within("bytes", conn.read(bytes));
    assert(read !== null, "closed");
    got += read;
  }
  const { port: own } = conn.localAddr as Deno.NetAddr;
  conn.close();
  await server.line(
    new RegExp(`^127.0.0.1:${own} left: \\d+ frames sent, \\d+ skipped \\(0 now\\)$`),
  );
});

Deno.test("server --max-per-host: as many clients as allowed can connect at the same time", async () => {
  const limits = ["--max-clients", "96", "--max-per-host", "96"];
  await using server = startServer(["--test", "-r", "64x48", ...limits]);
  const port = await portOf(server);
  const first = await Promise.all(
    Array.from({ length: 96 }, async () => {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port });
      return await conn.read(new Uint8Array(1));
    }),
  );
  assertEquals(first, Array(96).fill(1));
});

Deno.test("server --max-clients: one client too many is closed at once, the others stay connected", async () => {
  await using server = startServer(["--test", "--stamp", "--max-clients", "1"]);
  const port = await portOf(server);
  using first = await Deno.connect({ hostname: "127.0.0.1", port });
  await server.line(/connected \(1 now\)/);
  assertEquals(await readSequences(port, 1), []);
  await server.line(/refused: 1 client is being served/);
  assert(await within("bytes", first.read(new Uint8Array(10))) !== null);
});

Deno.test("server: a client that disconnects makes room for another", async () => {
  await using server = startServer(["--test", "--stamp", "--max-clients", "1"]);
  const port = await portOf(server);
  for (let i = 0; i < 3; i++) {
    await until("there is a place", async () => (await readSequences(port, 2)).length === 2);
  }
});
