/** Narrow and long links: ages and rates. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { TcpProxy } from "./tcp_proxy.ts";
import { Link } from "./link.ts";
import { commandLine, portOf, Program, startServer } from "./programs.ts";
import { percentile, watchRaw } from "./raw_watcher.ts";

const FPS = 30;
const SMALL = 320 * 240;
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
