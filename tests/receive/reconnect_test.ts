import { NotReady } from "../../lib/receive/connect.ts";
import { Receiver } from "../../lib/receive/receiver.ts";
import type { ReceiverOptions } from "../../lib/receive/receiver_options.ts";
import { settle } from "../async/manual_clock.ts";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "../assert.ts";
import {
  MemoryConnection,
  memoryLog,
  MemoryPlatform,
  refused,
  Y4M_BEGIN,
  y4mFrame,
} from "./memory_platform.ts";
import { FOREIGN, numbers, PIXELS, receive } from "./receive.ts";

const RAW_BEGIN = "framewire/1 ok wire=raw width=4 height=3 fps=10\n";

Deno.test("Receiver waits for a lost server in steps of 0, 1 and 2 s, and goes on", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0), y4mFrame(1), "FRAME Xs");
  const back = new MemoryConnection().send(Y4M_BEGIN);
  const platform = new MemoryPlatform(lost, refused(), new NotReady("full", "wait"), back);
  const { receiver, frames, lines, events, clock, abort, end } = await receive(platform);
  lost.end(new Deno.errors.ConnectionReset("reset"));
  await clock.advance(0);
  assertEquals(receiver.outage?.why, refused().message);
  await clock.advance(1000);
  assertEquals([receiver.outage?.why, receiver.reconnects], ["full", 0]);
  await clock.advance(2000);
  assertEquals([receiver.outage, receiver.reconnects], [undefined, 1]);
  assertEquals(platform.tries, [0, 0, 1000, 3000]);
  back.send(y4mFrame(7));
  await settle();
  assertEquals(numbers(frames), "0 1 [2] [2] 7");
  assertMatch(lines[0] ?? "", /^warn: lost cam port 8888: .*; retrying$/);
  assertEquals(lines.at(-1), "info: cam port 8888 is back after 3 s");
  assertEquals(events.map((event) => event.split(":")[0]), ["lost", "back"]);
  abort();
  assertEquals(await end(lost, back), undefined);
});

Deno.test("Receiver gives placeholders a time of the server's clock", async () => {
  const platform = new MemoryPlatform();
  const ahead = platform.epoch + 60_000;
  const conn = new MemoryConnection().send(Y4M_BEGIN);
  conn.send(y4mFrame(0, { at: ahead, ack: [0, ahead] }));
  const playing = new MemoryPlatform(conn, refused());
  const { receiver, frames, clock, abort, end } = await receive(playing);
  assertEquals(receiver.offset?.offset, 60_000);
  conn.end();
  await clock.advance(1000);
  assertEquals(numbers(frames), "0 [1]");
  assertEquals(frames[1]?.capturedAt, ahead + 1000);
  assertEquals(frames[1]?.pixels, new Uint8Array(12).fill(24));
  abort();
  assertEquals(await end(conn), undefined);
});

Deno.test("Receiver gives no placeholder for an outage of less than a second", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const back = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(1), "END\n");
  const { frames, end } = await receive(new MemoryPlatform(lost, back));
  assertEquals(await end(lost, back), undefined);
  assertEquals(numbers(frames), "0 1");
});

Deno.test("Receiver ends if a foreign server has cut a frame and does not listen for 5 s", async () => {
  const conn = new MemoryConnection().send(PIXELS, "abc").end();
  const platform = new MemoryPlatform(conn);
  const { clock, end, isOver } = await receive(platform, FOREIGN);
  await clock.advance(7999);
  assert(!isOver());
  await clock.advance(1);
  const message = await end(conn);
  assertMatch(message ?? "", /frame 1 was cut at 3 of 12 bytes; no server listens there any more$/);
  assertEquals(platform.tries, [0, 0, 1000, 3000, 8000]);
});

Deno.test("Receiver waits longer for a foreign server with --wait-for-server", async () => {
  const conn = new MemoryConnection().send(PIXELS, "abc").end();
  const back = new MemoryConnection().send(PIXELS).end();
  const refusals = Array.from({ length: 20 }, refused);
  const platform = new MemoryPlatform(conn, ...refusals, back);
  const { clock, frames, end } = await receive(platform, { ...FOREIGN, waitForServer: Infinity });
  await clock.advance(1000_000);
  assertEquals(await end(conn, back), undefined);
  assertEquals(numbers(frames.filter(({ kind }) => !kind)), "0 1");
});

Deno.test("Receiver waits for a framewire server for as long as nobody listens", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const platform = new MemoryPlatform(conn);
  const { clock, abort, isOver, end } = await receive(platform);
  await clock.advance(60_000);
  assertEquals([isOver(), platform.tries.at(-1)], [false, 58_000]);
  abort();
  assertEquals(await end(conn), undefined);
});

Deno.test("Receiver waits for a foreign server whose host does not answer", async () => {
  const conn = new MemoryConnection().send(PIXELS, "abc").end();
  const silent = Array.from({ length: 9 }, () => new NotReady("no answer", "x"));
  const { clock, abort, isOver, end } = await receive(new MemoryPlatform(conn, ...silent), FOREIGN);
  await clock.advance(60_000);
  assert(!isOver());
  abort();
  assertEquals(await end(conn), undefined);
});

Deno.test("Receiver tries once whether our own raw stream goes on after its end", async () => {
  const first = new MemoryConnection().send(RAW_BEGIN, PIXELS).end();
  const second = new MemoryConnection().send(RAW_BEGIN, PIXELS).end();
  const platform = new MemoryPlatform(first, second);
  const { clock, frames, lines, events, end } = await receive(platform, { wire: "raw" });
  await clock.advance(1000);
  assertEquals(await end(first, second), undefined);
  assertEquals([numbers(frames), platform.tries], ["0 1", [0, 0, 1000]]);
  assertEquals(events, []);
  assert(!lines.some((line) => line.startsWith("warn")), lines.join("\n"));
});

Deno.test("Receiver reports a damaged stream, and connects again", async () => {
  const damaged = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0), "FRXME\n");
  const back = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(1), "END\n");
  const { frames, lines, end } = await receive(new MemoryPlatform(damaged, back));
  assertEquals(await end(damaged, back), undefined);
  assertEquals(numbers(frames), "0 1");
  assertStringIncludes(lines[0] ?? "", "The stream is damaged after 1 frame");
});

Deno.test("Receiver ends if the server comes back with another size", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const other = new MemoryConnection().send("framewire/1 ok wire=y4m width=8 height=6\n");
  const { end } = await receive(new MemoryPlatform(lost, other));
  assertEquals(await end(lost, other), "The server came back with another size: 8x6, it was 4x3");
});

Deno.test("Receiver closes a connection that came while nobody read any more", async () => {
  const lost = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end();
  const back = new MemoryConnection().send(Y4M_BEGIN);
  const platform = new MemoryPlatform(lost, refused(), refused(), back);
  const { log } = memoryLog();
  const options: ReceiverOptions = {
    ...{ hostname: "cam", port: 8888, wire: "y4m", size: undefined, stall: 10, log },
    ...{ reconnect: true, placeholders: false, drawPlaceholder: () => new Uint8Array(12) },
  };
  const { signal } = new AbortController();
  const receiver = await Receiver.open(options, { signal, platform });
  const frames = receiver.frames({ signal });
  assertEquals((await frames.next()).value?.sequence, 0);
  const placeholder = frames.next();
  await platform.clock.advance(1000);
  assertEquals((await placeholder).value?.kind, "placeholder");
  await platform.clock.advance(2000);
  assertEquals([platform.tries, back.isClosed], [[0, 0, 1000, 3000], false]);
  await frames.return(undefined);
  assertEquals([back.isClosed, platform.clock.timers], [true, 0]);
});
