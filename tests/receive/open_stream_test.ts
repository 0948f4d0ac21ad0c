import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Failure } from "../../lib/log/failure.ts";
import { NotReady } from "../../lib/receive/connect.ts";
import { openStream, type StreamRequest } from "../../lib/receive/open_stream.ts";
import { SizesDiffer } from "../../lib/receive/sizes_differ.ts";
import { settle } from "../async/manual_clock.ts";
import { assert, assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { MemoryConnection, memoryLog, MemoryPlatform, Y4M_BEGIN } from "./memory_platform.ts";

const SIZE = { width: 4, height: 3 };
const FORMAT = grayFormat(SIZE);
const GREETING = "framewire/1 wire=y4m ack=1\n";

/** Opens a stream from a server that the test plays. */
function open(
  conn: MemoryConnection | MemoryConnection[],
  request: Partial<StreamRequest> = {},
  signal = new AbortController().signal,
) {
  const platform = new MemoryPlatform(...[conn].flat());
  const { log, lines } = memoryLog();
  const address = { hostname: "::1", port: 8888 };
  const defaults = { wire: "y4m", size: undefined, stall: 10, log } as const;
  const opening = openStream({ ...address, ...defaults, ...request }, { signal, platform });
  opening.catch(() => {}); // each test awaits it
  return { platform, opening, lines };
}

/** Asserts that opening fails in this way, and leaves neither the connection nor a timer. */
async function assertFails(
  { opening, platform }: ReturnType<typeof open>,
  conn: MemoryConnection,
  { kind = Failure, message, hint = "" }: {
    // deno-lint-ignore no-explicit-any -- the shape of any class
    kind?: new (...args: any[]) => Failure;
    message: string;
    hint?: string;
  },
): Promise<void> {
  const failure = await assertRejects(() => opening, kind);
  assertStringIncludes(failure.message, message);
  assertStringIncludes(failure.hint, hint);
  assertEquals([conn.isClosed, platform.clock.timers], [true, 0]);
}

Deno.test("openStream() greets, and acknowledges the answer", async () => {
  const conn = new MemoryConnection();
  const { opening, platform } = open(conn);
  await settle();
  assertEquals(conn.written, GREETING);
  await platform.clock.advance(7);
  conn.send(Y4M_BEGIN);
  const stream = await opening;
  assertEquals(conn.written, `${GREETING}\n`);
  assertEquals([stream.wire, stream.format, stream.fps, stream.isForeign], [
    "y4m",
    FORMAT,
    10,
    false,
  ]);
  assertEquals(stream.openedAt, platform.epoch + 7);
  assertEquals([conn.isClosed, platform.clock.timers], [false, 0]);
});

Deno.test("openStream() with a size sends no greeting to a server that sends at once", async () => {
  const conn = new MemoryConnection();
  const { opening, platform } = open(conn, { size: SIZE });
  await platform.clock.advance(39);
  conn.send("abcdefghijkl");
  const stream = await opening;
  assertEquals([conn.written, stream.isForeign, stream.wire], ["", true, "raw"]);
});

Deno.test("openStream() with a size greets after 40 ms of silence", async () => {
  const conn = new MemoryConnection();
  const { opening, platform } = open(conn, { size: SIZE });
  await platform.clock.advance(40);
  assertEquals(conn.written, GREETING);
  conn.send(Y4M_BEGIN);
  assertEquals((await opening).isForeign, false);
});

Deno.test("openStream() without a wire says nothing", async () => {
  const conn = new MemoryConnection();
  const { opening } = open(conn, { wire: undefined, size: SIZE });
  assertEquals([(await opening).wire, conn.written], ["raw", ""]);
});

Deno.test("openStream() reads a foreign y4m stream by its own head", async () => {
  const conn = new MemoryConnection().send("YUV4MPEG2 W4 H3 F2", "5:1 Cmono\n");
  const { format, fps, isForeign, wire } = await open(conn).opening;
  assertEquals([format, fps, isForeign, wire], [FORMAT, 25, true, "y4m"]);
});

const refusals: [answer: string, kind: typeof Failure, message: string, hint: string][] = [
  ["error=busy 64 clients are being served", NotReady, "64 clients", "--max-clients"],
  ["error=busy 2 clients of 10.0.0.1 are being served", NotReady, "of 10.0.0.1", "--max-per-host"],
  ["error=busy 1 client of 10.0.0.1 is being served", NotReady, "of 10.0.0.1", "--max-per-host"],
  ["error=token a token is required", Failure, "a token is required", "--token-file"],
  ["error=gone x", Failure, "The server refuses: x", "the server's message"],
  ["nonsense", Failure, "nonsense", "framewire server"],
];
for (const [answer, kind, message, hint] of refusals) {
  Deno.test(`openStream() explains the answer "${answer}"`, async () => {
    const conn = new MemoryConnection().send(`framewire/1 ${answer}\n`);
    const opened = open(conn);
    await assertFails(opened, conn, { kind, message, hint });
    assertEquals(await opened.opening.catch((thrown) => thrown.name), kind.name);
  });
}

for (const how of ["ended", new Deno.errors.ConnectionReset("reset")] as const) {
  Deno.test(`openStream(): a server that closes at once (${how}) may require TLS`, async () => {
    const conn = new MemoryConnection().end(how);
    const message = "The server closed the connection before the first frame";
    await assertFails(open(conn), conn, { kind: NotReady, message, hint: "--tls or a token" });
    const secure = new MemoryConnection().end(how);
    const opened = open(secure, { tls: { caCerts: [] } });
    await assertFails(opened, secure, { message, hint: "require a token" });
  });
}

Deno.test("openStream(): a TLS alert means that the server requires TLS", async () => {
  const conn = new MemoryConnection().send(new Uint8Array([0x15, 3, 3, 0, 2, 2, 10]));
  await assertFails(open(conn), conn, { message: "requires TLS", hint: "--tls" });
});

Deno.test("openStream() reports an answer that is cut", async () => {
  const conn = new MemoryConnection().send("framewire/1 o").end();
  await assertFails(open(conn), conn, { message: "the answer is cut" });
});

Deno.test("openStream() names both sizes if they differ", async () => {
  const conn = new MemoryConnection().send(Y4M_BEGIN);
  const opened = open(conn, { size: { width: 8, height: 6 } });
  const message = "server sends 4x3, you asked for 8x6";
  await assertFails(opened, conn, { kind: SizesDiffer, message });
});

const raw = () => new MemoryConnection().send("abcdefghijkl");

Deno.test("openStream() asks for the size of a raw stream, which it has tried twice", async () => {
  const conns = [raw(), raw()];
  const why = { message: "does not announce the size", hint: "WIDTH" };
  await assertFails(open(conns), conns[1]!, why);
  assert(conns[0]!.isClosed);
  const only = raw();
  await assertFails(open(only, { wire: undefined }), only, why);
  // One that serves a single client is named by what it sent to the first try.
  const single = open(raw());
  await assertRejects(() => single.opening, Failure, why.message);
});

Deno.test("openStream() connects again if the server has begun before the greeting came", async () => {
  const late = raw();
  const { opening } = open([late, new MemoryConnection().send(Y4M_BEGIN)]);
  assertEquals([(await opening).wire, late.isClosed], ["y4m", true]);
});

Deno.test("openStream() does not take a server that has answered before for a foreign one", async () => {
  const request = { isKnown: true, size: SIZE, wire: "raw" } as const;
  const ours = new MemoryConnection().send("framewire/1 ok wire=raw width=4 height=3 fps=10\n");
  const { isForeign, wire } = await open([raw(), ours], request).opening;
  assertEquals([isForeign, wire], [false, "raw"]);
  // Another program has taken its place.
  const { opening: foreign } = open([raw(), raw()], request);
  assertEquals((await foreign).isForeign, true);
});

Deno.test("openStream() puts an IPv6 address into brackets in a URL alone", async () => {
  const conn = new MemoryConnection().send("RTSP/1.0 400 Bad Request\r\n");
  const message = "::1 port 8888 sends RTSP";
  await assertFails(open(conn), conn, { message, hint: "rtsp://[::1]:8888/" });
});

Deno.test("openStream() gives up a server that has not answered in time, even if it drips", async () => {
  const conn = new MemoryConnection();
  const opened = open(conn);
  for (let second = 0; second < 10; second++) {
    await opened.platform.clock.advance(1000);
    conn.send(second === 0 ? "framewire/1 ok " : "x");
  }
  await assertFails(opened, conn, { kind: NotReady, message: "no stream began within 10 s" });
});

Deno.test("openStream() that awaits the first byte counts its time from there", async () => {
  const conn = new MemoryConnection();
  const opened = open(conn, { size: SIZE, awaitsFirst: true });
  await opened.platform.clock.advance(3_600_000);
  conn.send("framewire/1 ok ");
  await opened.platform.clock.advance(9999);
  assert(!conn.isClosed);
  await opened.platform.clock.advance(1);
  await assertFails(opened, conn, { kind: NotReady, message: "no stream began within 10 s" });
});

const states: [
  name: string,
  request: Partial<StreamRequest>,
  play: (conn: MemoryConnection) => void,
][] = [
  ["before the greeting", { size: SIZE }, () => {}],
  ["before the answer", {}, () => {}],
  ["within the answer", {}, (conn) => conn.send("framewire/1 o")],
  ["within a foreign head", {}, (conn) => conn.send("YUV4MPEG2 W4")],
  ["while the size is detected", { size: "auto" }, (conn) => conn.send("abcdefghijkl")],
];
for (const [name, request, play] of states) {
  Deno.test(`openStream() ends on abort ${name}`, async () => {
    const controller = new AbortController();
    const conn = new MemoryConnection();
    const { opening, platform } = open(conn, request, controller.signal);
    play(conn);
    await settle();
    controller.abort(new Error("Ctrl-C"));
    await assertRejects(() => opening, Error, "Ctrl-C");
    assertEquals([conn.isClosed, platform.clock.timers], [true, 0]);
  });
}
