/** H.264 over narrow links: when the client changes to it, and its age. */

import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";
import { assertMatch, assertStringIncludes } from "../assert.ts";
import { Link } from "./link.ts";
import { type Figures, figures, FPS, serve } from "./link_figures.ts";
import { portOf } from "./programs.ts";

/** Namespaces, veth and tbf need root and a kernel that has them: elsewhere these tests are ignored. */
const ignore = !await Link.possible();

Deno.test({
  name: "client --wire auto: changes to h264 over a narrow link, logs it, and the frames arrive",
  ignore,
  fn: async () => {
    await using link = await Link.open({ rate: 20 });
    await using server = serve(link, ["-r", "640x480"]);
    const port = await portOf(server);
    const { seconds, whole, stderr } = await figures(link.address, port, ["--duration", "11"]);
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

/** At the end frames arrive: the rung is that of the link, and no keyframe is waited for most of the time. */
function assertSteady(seconds: Figures[]): void {
  const last = seconds.slice(-3);
  const fps = last.reduce((sum, { fps }) => sum + fps, 0) / last.length;
  assertGreaterOrEqual(fps, FPS / 3, `${fps} fps at the end`);
}
