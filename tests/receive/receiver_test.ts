import { MJPEG_PREAMBLE, writeMjpegPart } from "../../lib/wire/mjpeg.ts";
import { settle } from "../async/manual_clock.ts";
import { assert, assertEquals, assertMatch } from "../assert.ts";
import {
  MemoryConnection,
  MemoryPlatform,
  refused,
  Y4M_BEGIN,
  y4mFrame,
} from "./memory_platform.ts";
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

/** A JPEG of 4x3 as far as its head tells, with a byte for the fake decoder. */
function jpeg(gray: number): Uint8Array {
  return new Uint8Array([255, 0xd8, 255, 0xc0, 0, 8, 8, 0, 3, 0, 4, 1, 255, 0xda, gray, 255, 0xd9]);
}

/** Sends two of 10 frames a second for 4 s, from number `from` on: the link is too narrow. */
async function starve(
  conn: MemoryConnection,
  { clock }: MemoryPlatform,
  { from = 0 } = {},
): Promise<void> {
  for (let n = 0; n < 8; n++) {
    await clock.advance(500);
    conn.send(y4mFrame(from + 5 * n));
  }
  await clock.advance(40); // for which a client that knows the size listens first
}

Deno.test("Receiver moves to mjpeg if the link carries too few frames", async () => {
  const wide = new MemoryConnection().send(Y4M_BEGIN);
  const narrow = new MemoryConnection();
  const platform = new MemoryPlatform(wide, narrow);
  const { receiver, frames, lines, end } = await receive(platform, { wire: "auto" });
  await starve(wide, platform);
  assertEquals([receiver.wire, wide.isClosed], ["y4m", false]);
  assertEquals(narrow.written, "framewire/1 wire=mjpeg ack=1\n");
  narrow.send("framewire/1 ok wire=mjpeg width=4 height=3 fps=10\n");
  await settle();
  assertEquals([receiver.wire, wide.isClosed], ["mjpeg", true]);
  assertMatch(
    lines.at(-1) ?? "",
    /^info: the link carries \d\.\d of \d+\.\d frames a second.*mjpeg/,
  );
  const note = { sequence: 40, capturedAt: 0 };
  narrow.send(MJPEG_PREAMBLE, writeMjpegPart(jpeg(77), note), "X-End: 1\r\n\r\n");
  assertEquals(await end(wide, narrow), undefined);
  assertEquals(frames.at(-1)?.pixels, new Uint8Array(12).fill(77));
  assertEquals([platform.decoders.length, receiver.reconnects], [1, 0]);
});

Deno.test("Receiver stays on y4m, and asks once, if the server offers no mjpeg", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN);
  const back = new MemoryConnection().send(Y4M_BEGIN);
  const platform = new MemoryPlatform(conn, refused(), back);
  const { receiver, lines, abort, end } = await receive(platform, { wire: "auto" });
  await starve(conn, platform);
  await starve(conn, platform, { from: 40 });
  assertEquals([receiver.wire, conn.isClosed, platform.tries.length], ["y4m", false, 2]);
  assertMatch(lines.at(-1) ?? "", /^warn: .*the server offers no mjpeg: .*no server listens/);
  conn.end();
  await platform.clock.advance(0);
  assertEquals([receiver.reconnects, platform.tries.length], [1, 3]);
  await starve(back, platform, { from: 80 });
  assertEquals([receiver.wire, platform.tries.length], ["y4m", 3]);
  abort();
  assertEquals(await end(conn, back), undefined);
});

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
