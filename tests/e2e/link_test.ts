/** Narrow and long links: ages and rates. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { TcpProxy } from "./tcp_proxy.ts";
import { Link } from "./link.ts";
import { type Figures, figures, FPS, serve } from "./link_figures.ts";
import { portOf, startServer } from "./programs.ts";
import { percentile, watchRaw } from "./raw_watcher.ts";

const SMALL = 320 * 240;

/**
 * The oldest median age of a frame that takes `time` milliseconds on the link: half of a frame waits behind the one
 * before, and a busy machine takes some time. A queue of one frame would be twice `time`.
 */
const oldest = (time: number) => 1.5 * time + 20;

/** Namespaces, veth and tbf need root and a kernel that has them: elsewhere these tests are ignored. */
const ignore = !await Link.possible();

for (const rate of [10, 2]) {
  Deno.test({
    name: `raw with acknowledgements over ${rate} Mbit/s: low latency, at the link's full rate`,
    ignore,
    fn: async () => {
      await using link = await Link.open({ rate });
      await using server = serve(link, ["-r", "320x240", "--stamp"]);
      const port = await portOf(server);
      const at = { hostname: link.address, port, bytes: SMALL };
      const { ages, fps } = await watchRaw({ ...at, seconds: rate > 5 ? 3 : 6, ack: true });
      const time = link.time(SMALL);
      const age = percentile(ages, 0.5);
      assertLessOrEqual(age, oldest(time), `age ${age} ms, a frame takes ${time} ms`);
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
      const wire = ["--wire", "y4m", "--duration", rate > 5 ? "3" : "6"];
      const { whole, stderr } = await figures(link.address, await portOf(server), wire);
      const time = link.time(SMALL + 64); // and a line of text
      assertEquals(whole.wire, "y4m", stderr);
      assert(!stderr.includes("mjpeg"), stderr);
      const age = whole.age.p50;
      assertLessOrEqual(age, oldest(time), `age ${age} ms, a frame takes ${time} ms`);
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
    const args = ["--wire", wire, "--duration", "4"];
    assertWhole((await figures(at.hostname, at.port, args)).seconds, lost);
  }
}
