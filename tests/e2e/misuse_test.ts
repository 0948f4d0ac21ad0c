/** Clients that misuse acknowledgements, or leave: what they get, and that other clients are not affected. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import { portOf, startServer, within } from "./programs.ts";
import { greet, watchRaw } from "./raw_watcher.ts";

const FPS = 30;
const LARGE = 640 * 480;

Deno.test("a client with acknowledgements that disconnects is noticed before --stall", async () => {
  await using server = startServer(["--test", "--stamp", "-f", String(FPS), "--stall", "15"]);
  const port = await portOf(server);
  const at = { hostname: "127.0.0.1", port, bytes: LARGE };
  for (let i = 0; i < 3; i++) await watchRaw({ ...at, seconds: 0.3, warmup: 0.2, ack: true });
  const left = performance.now();
  await server.line(/left: \d+ frames sent, \d+ skipped \(0 now\)/);
  assertLessOrEqual(performance.now() - left, 5000);
});

Deno.test("a client that asks for acknowledgements and sends none gets one frame, and is closed", async () => {
  await using server = startServer(["--test", "--stamp", "-f", String(FPS), "--stall", "2"]);
  const port = await portOf(server);
  const good = goodClient(port);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("framewire/1 wire=raw ack=1\n"));
  const bytes = await within("its end", readAll(conn));
  const answer = bytes.indexOf(0x0a) + 1;
  assertEquals(bytes.length - answer, LARGE);
  await server.line(/closed \(took no data for 2 s\): 1 frame sent, \d+ skipped/);
  await assertUnharmed(good);
});

/** What a client sends thirty times a second instead of acknowledgements. */
const misuses: { [name: string]: () => Uint8Array } = {
  "ten acknowledgements for each frame": () => new Uint8Array(10),
  "a megabyte of them for each frame": () => new Uint8Array(1 << 20),
  "garbage": () => crypto.getRandomValues(new Uint8Array(5000)),
  "greetings again": () => new TextEncoder().encode("framewire/1 wire=y4m ack=1\n".repeat(50)),
};

const names = Object.keys(misuses).join(", ");

Deno.test(`clients that send ${names} do not affect other clients, and get frames`, async () => {
  await using server = startServer(["--test", "--stamp", "-f", String(FPS)]);
  const port = await portOf(server);
  const good = goodClient(port);
  await Promise.all(
    Object.entries(misuses).map(async ([name, words]) => {
      const sequences = await misuse(port, words);
      assert(sequences.every((sequence, i) => i === 0 || sequence > sequences[i - 1]!), name);
    }),
  );
  await assertUnharmed(good);
});

/** Sends words thirty times a second for 2 s. Returns the numbers of 60 frames: of cut ones they would be garbage. */
async function misuse(port: number, words: () => Uint8Array): Promise<number[]> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await greet(conn);
  const writing = (async () => {
    for (let i = 0; i < 60; i++) {
      const said = words();
      for (let at = 0; at < said.length;) at += await conn.write(said.subarray(at));
      await new Promise((resolve) => setTimeout(resolve, 1000 / FPS)); // the rate of the misuse
    }
  })();
  const sequences = await readSequences(conn, 60);
  await within("the end of the misuse", writing);
  return sequences;
}

Deno.test("a client that acknowledges without reading gets what its socket buffers hold, and is closed", async () => {
  const args = ["--test", "--stamp", "-f", String(FPS), "--stall", "2"];
  await using server = startServer(args);
  const port = await portOf(server);
  const good = goodClient(port);
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  await conn.write(new TextEncoder().encode("framewire/1 wire=raw ack=1\n"));
  const closed = server.line(/closed \(took no data for 2 s\)/);
  let over = false;
  closed.then(() => over = true, () => {});
  try {
    while (!over) {
      await conn.write(new Uint8Array(4));
      await new Promise((resolve) => setTimeout(resolve, 10)); // more than 30 fps needs
    }
  } catch (thrown) {
    // The server has closed it before the line was read.
    if (
      !(thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset)
    ) {
      throw thrown;
    }
  }
  await closed;
  await assertUnharmed(good);
});

/** Runs a good client beside the bad ones. Returns what it received. */
function goodClient(port: number): ReturnType<typeof watchRaw> {
  const at = { hostname: "127.0.0.1", port, bytes: LARGE };
  const good = watchRaw({ ...at, seconds: 3, warmup: 0.5, ack: true });
  good.catch(() => {}); // `assertUnharmed` sees the failure
  return good;
}

/** The good client lost at most two frames, on a busy machine. */
async function assertUnharmed(good: ReturnType<typeof watchRaw>): Promise<void> {
  const { sequences, fps } = await within("the good client", good);
  const lost = sequences.at(-1)! - sequences[0]! + 1 - sequences.length;
  assertLessOrEqual(lost, 2, `${lost} frames lost`);
  assertGreaterOrEqual(fps, 28);
}

/** Reads `count` whole frames. Returns their sequence numbers. */
async function readSequences(conn: Deno.Conn, count: number): Promise<number[]> {
  const frame = new Uint8Array(LARGE);
  const sequences: number[] = [];
  for (let at = 0; sequences.length < count;) {
    const read = await within("bytes", conn.read(frame.subarray(at)));
    assert(read !== null, `closed after ${sequences.length} frames`);
    at = (at + read) % LARGE;
    if (at === 0) sequences.push(readStamp(frame)!.sequence);
  }
  return sequences;
}

/** Reads until the server closes the connection. */
async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    const count = await conn.read(piece);
    if (count === null) break;
    pieces.push(piece.subarray(0, count));
  }
  return await new Response(new Blob(pieces)).bytes();
}
