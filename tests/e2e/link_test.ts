/** Narrow and long links, and clients that misuse acknowledgements: ages, rates, and effects on other clients. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { readStamp } from "../../lib/wire/stamp.ts";
import { TcpProxy } from "./tcp_proxy.ts";
import { Link } from "./link.ts";
import { commandLine, portOf, Program, startServer, within } from "./programs.ts";
import { greet, percentile, watchRaw } from "./raw_watcher.ts";

const FPS = 30;
const [SMALL, LARGE] = [320 * 240, 640 * 480];
const latin1 = new TextDecoder("latin1");

/** Namespaces, veth and tbf need root and a kernel that has them: elsewhere these tests are ignored. */
const ignore = !await Link.possible();

/** A line of the client's `--stats`. */
interface Figures {
  readonly seconds: number;
  readonly frames: number;
  readonly fps: number;
  readonly skipped: number;
  readonly wire: string;
  readonly age: { readonly p50: number; readonly p99: number };
}

/** Starts the server inside the link. */
function serve(link: Link, args: string[]): Program {
  const all = ["-s", link.address, "-p", "0", "--test", "-f", String(FPS), ...args];
  return new Program(...link.inside(commandLine("server", all)));
}

/** Runs the client to its end. Returns its lines of figures, and stderr. */
async function figures(
  hostname: string,
  port: number,
  args: string[],
): Promise<{ seconds: Figures[]; whole: Figures; stderr: string }> {
  const all = [hostname, String(port), "--display", "none", "--stats", "-", ...args];
  await using client = new Program(...commandLine("client", all));
  const { code, stdout, stderr } = await client.end();
  assertEquals(code, 0, stderr);
  const lines = latin1.decode(stdout).trim().split("\n").map((line) => JSON.parse(line));
  return { seconds: lines.slice(0, -1), whole: lines.at(-1), stderr };
}

for (const rate of [10, 2]) {
  Deno.test({
    name: `raw with acknowledgements over ${rate} Mbit/s: low latency, at the link's full rate`,
    ignore,
    fn: async () => {
      await using link = await Link.open({ rate });
      await using server = serve(link, ["-r", "320x240", "--stamp"]);
      const port = await portOf(server);
      const at = { hostname: link.address, port, bytes: SMALL };
      const { ages, fps } = await watchRaw({ ...at, seconds: rate > 5 ? 5 : 8, ack: true });
      const time = link.time(SMALL);
      const age = percentile(ages, 0.5);
      assertLessOrEqual(age, 1.5 * time, `age ${age} ms, a frame takes ${time} ms`);
      // A share of the link's capacity, headers included. A TCP transfer at full speed reaches no more.
      assertGreaterOrEqual(fps, 0.95 * 1000 / time, `${fps} fps, room for ${1000 / time}`);
    },
  });

  Deno.test({
    name:
      `client --wire y4m over ${rate} Mbit/s: keeps its wire, low latency, at the link's full rate`,
    ignore,
    fn: async () => {
      await using link = await Link.open({ rate });
      await using server = serve(link, ["-r", "320x240"]);
      const wire = ["--wire", "y4m", "--duration", rate > 5 ? "5" : "8"];
      const { whole, stderr } = await figures(link.address, await portOf(server), wire);
      const time = link.time(SMALL + 64); // and a line of text
      assertEquals(whole.wire, "y4m", stderr);
      assert(!stderr.includes("mjpeg"), stderr);
      const age = whole.age.p50;
      assertLessOrEqual(age, 1.5 * time, `age ${age} ms, a frame takes ${time} ms`);
      // The client's whole run: one frame at the start, and one under way at the end.
      assertGreaterOrEqual(whole.frames + 2, 0.95 * whole.seconds * 1000 / time);
    },
  });
}

Deno.test({
  name: "client --wire mjpeg over 10 Mbit/s: every frame of 320x240 arrives, with low latency",
  ignore,
  fn: async () => {
    await using link = await Link.open({ rate: 10 });
    await using server = serve(link, ["-r", "320x240"]);
    const wire = ["--wire", "mjpeg", "--duration", "5"];
    const { seconds, whole } = await figures(link.address, await portOf(server), wire);
    assertWhole(seconds);
    assertLessOrEqual(whole.age.p50, 50);
  },
});

/** Nearly all frames arrive after the first second: of 30 a second, at most `lost` are not there. */
function assertWhole(seconds: Figures[], lost = 1): void {
  const later = seconds.slice(1);
  assertGreaterOrEqual(later.length, 2, "the stream was too short to tell");
  const sum = (value: (figures: Figures) => number) =>
    later.reduce((sum, figures) => sum + value(figures), 0);
  const [frames, skipped, span] = [sum((f) => f.frames), sum((f) => f.skipped), sum(secondsOf)];
  // One more or less at each end of the interval.
  const fps = (frames + 1) / span;
  assertGreaterOrEqual(fps, FPS - lost, `${fps} fps, ${skipped} skipped`);
  assertLessOrEqual(skipped, 0.03 * lost * frames, `${skipped} of ${frames} skipped`);
}

const secondsOf = ({ seconds }: Figures) => seconds;

Deno.test({
  name: "client --wire auto: changes to h264 over a narrow link, logs it, and the frames arrive",
  ignore,
  fn: async () => {
    await using link = await Link.open({ rate: 20 });
    await using server = serve(link, ["-r", "640x480"]);
    const port = await portOf(server);
    const { seconds, whole, stderr } = await figures(link.address, port, ["--duration", "9"]);
    assertStringIncludes(stderr, "receiving 640x480 y4m");
    assertMatch(stderr, /the link carries \d+\.\d of \d+\.\d frames a second: switching to h264/);
    assertEquals(whole.wire, "h264");
    const moved = seconds.findIndex(({ wire }) => wire === "h264");
    assert(moved >= 2 && moved <= 5, `moved after ${moved} s`);
    assertSteady(seconds);
  },
});

Deno.test({
  name: "client --wire h264 over 1 Mbit/s: low latency, where a raw frame takes 2.5 s",
  ignore,
  fn: async () => {
    await using link = await Link.open({ rate: 1 });
    await using server = serve(link, ["-r", "640x480", "--color"]);
    const wire = ["--wire", "h264", "--duration", "10"];
    const { seconds, whole, stderr } = await figures(link.address, await portOf(server), wire);
    assertEquals(whole.wire, "h264", stderr);
    assertLessOrEqual(whole.age.p50, 100);
    assertSteady(seconds);
  },
});

/** At the end most frames arrive: the rung is that of the link, and no keyframe is waited for most of the time. */
function assertSteady(seconds: Figures[]): void {
  const last = seconds.slice(-4);
  const fps = last.reduce((sum, { fps }) => sum + fps, 0) / last.length;
  assertGreaterOrEqual(fps, FPS / 2, `${fps} fps at the end`);
}

Deno.test({
  name: "client --wire auto: keeps y4m where the link carries more than half of the frames",
  ignore,
  fn: async () => {
    await using link = await Link.open({ rate: 14 }); // 22 of 30
    await using server = serve(link, ["-r", "320x240"]);
    const port = await portOf(server);
    const { whole, stderr } = await figures(link.address, port, ["--duration", "7"]);
    assertEquals(whole.wire, "y4m", stderr);
    assert(!stderr.includes("switching"), stderr);
  },
});

// A proxy, not netem: it runs everywhere, and only the time of the acknowledgement matters here. 20 ms are
// less than the 27 that a frame takes on the link.
for (const { delay, rate } of [{ delay: 100 }, { delay: 20, rate: 24 }]) {
  const link = rate === undefined ? "a link with room" : `${rate} Mbit/s, of which 19 are needed`;
  Deno.test({
    name: `${link}, and ${delay} ms from a frame to its acknowledgement: the full rate`,
    ignore: rate !== undefined && ignore,
    fn: () => fullRateBehind({ delay, ...(rate && { rate }) }),
  });
}

async function fullRateBehind({ delay, rate }: { delay: number; rate?: number }): Promise<void> {
  // A window of one frame would give 21 frames a second or less. A frame that a busy machine delays is not made up for
  // by a link that is nearly full.
  const lost = rate === undefined ? 1 : 4;
  const args = ["-r", "320x240", "--stamp"];
  await using link = rate === undefined ? undefined : await Link.open({ rate });
  await using server = link
    ? serve(link, args)
    : startServer(["--test", "-f", String(FPS), ...args]);
  const target = { hostname: link?.address ?? "127.0.0.1", port: await portOf(server) };
  await using proxy = new TcpProxy(target, { delay: delay / 2 });
  const at = { hostname: "127.0.0.1", port: proxy.port };
  const raw = await watchRaw({ ...at, bytes: SMALL, seconds: 4, ack: true });
  assertGreaterOrEqual(raw.fps, FPS - lost);
  const time = link?.time(SMALL) ?? 0;
  assertLessOrEqual(percentile(raw.ages, 0.5), delay / 2 + time + 1000 / FPS);
  for (const wire of ["y4m", "mjpeg"]) {
    const args = ["--wire", wire, "--duration", "5"];
    assertWhole((await figures(at.hostname, at.port, args)).seconds, lost);
  }
}

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

for (const [name, words] of Object.entries(misuses)) {
  Deno.test(`a client that sends ${name} does not affect other clients, and gets frames`, async () => {
    await using server = startServer(["--test", "--stamp", "-f", String(FPS)]);
    const port = await portOf(server);
    const good = goodClient(port);
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
    assert(sequences.every((sequence, i) => i === 0 || sequence > sequences[i - 1]!), "cut frames");
    await assertUnharmed(good);
  });
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
