import { settle } from "../async/manual_clock.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import { MemoryConnection, MemoryPlatform, Y4M_BEGIN, y4mFrame } from "./memory_platform.ts";
import { FOREIGN, numbers, PIXELS, receive } from "./receive.ts";

const GREETING = "framewire/1 wire=y4m ack=1\n";

Deno.test("Receiver gives frames, acknowledges each, and ends with the stream", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(3), y4mFrame(5), "END\n");
  const { receiver, frames, end } = await receive(new MemoryPlatform(conn));
  assertEquals(await end(conn), undefined);
  assertEquals(numbers(frames), "3 5");
  assertEquals(frames[0]?.pixels, new TextEncoder().encode(PIXELS));
  assertEquals(conn.written, `${GREETING}\n\n\n`);
  assertEquals(receiver.stats.total().skipped, 1);
});

Deno.test("Receiver takes a server that sends nothing for lost", async () => {
  const silent = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0));
  const { clock, end } = await receive(new MemoryPlatform(silent), { reconnect: false });
  await clock.advance(10_000);
  assert(!silent.isClosed);
  await clock.advance(1000);
  const message = "The stream broke off after 1 frame: nothing came for 10 s";
  assertEquals(await end(silent), message);
});

Deno.test("Receiver waits for the next frame of a foreign server for as long as it takes", async () => {
  const conn = new MemoryConnection().send(PIXELS);
  const { clock, frames, end } = await receive(new MemoryPlatform(conn), FOREIGN);
  await clock.advance(120_000);
  conn.send(PIXELS).end();
  assertEquals(await end(conn), undefined);
  assertEquals([numbers(frames), conn.written], ["0 1", ""]);
});

const ends: [name: string, bytes: string[], message: RegExp][] = [
  ["before the first frame", [], /^The server closed the connection before the first frame$/],
  ["between two frames", [y4mFrame(0)], /^The stream broke off after 1 frame: the server closed/],
  [
    "within a frame",
    ["FRAME\nabc"],
    /^The stream broke off: .*, frame 0 was cut at 3 of 12 bytes$/,
  ],
  ["after a failure", [y4mFrame(0), "END Xreason=failed\n"], /^The server's stream failed after 1/],
];
for (const [name, bytes, message] of ends) {
  Deno.test(`Receiver fails without reconnecting if the server closes ${name}`, async () => {
    const conn = new MemoryConnection().send(Y4M_BEGIN, ...bytes).end();
    const { end } = await receive(new MemoryPlatform(conn), { reconnect: false });
    assertMatch(await end(conn) ?? "", message);
  });
}

Deno.test("Receiver tells NO SIGNAL pictures from frames", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0));
  const { receiver, frames, end } = await receive(new MemoryPlatform(conn));
  assertEquals(receiver.noSignal, undefined);
  conn.send(y4mFrame(1, { kind: "placeholder" }));
  await settle();
  assert(receiver.noSignal instanceof Date);
  conn.send(y4mFrame(1));
  await settle();
  assertEquals(receiver.noSignal, undefined);
  conn.send("END\n");
  assertEquals(await end(conn), undefined);
  assertEquals(numbers(frames), "0 [1] 1");
  assertEquals(receiver.stats.total().placeholders, 1);
});

/** Brings a receiver into a state in which it is then aborted. */
const aborts: [
  name: string,
  outcomes: () => (MemoryConnection | Error | "silence")[],
  ms: number,
][] = [
  ["while it waits for a frame", () => [new MemoryConnection().send(Y4M_BEGIN)], 0],
  ["within a frame", () => [new MemoryConnection().send(Y4M_BEGIN, "FRAME\nabc")], 0],
  [
    "while it waits to connect again",
    () => [new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end()],
    2500,
  ],
  [
    "while it connects again",
    () => [new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end(), "silence"],
    2500,
  ],
  [
    "while it waits for an answer",
    () => [new MemoryConnection().send(Y4M_BEGIN, y4mFrame(0)).end(), new MemoryConnection()],
    2500,
  ],
];
for (const [name, outcomes, ms] of aborts) {
  Deno.test(`Receiver ends on abort ${name}`, async () => {
    const all = outcomes();
    const { clock, abort, end, isOver } = await receive(new MemoryPlatform(...all));
    await clock.advance(ms);
    assert(!isOver());
    abort();
    const conns = all.filter((outcome) => outcome instanceof MemoryConnection);
    assertEquals(await end(...conns), undefined);
  });
}
