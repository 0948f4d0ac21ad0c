import { StallWatch } from "../../lib/receive/stall_watch.ts";
import { ManualClock } from "../async/manual_clock.ts";
import { assertEquals } from "../assert.ts";

const limitMs = 10_000;

/** Feeds a frame of `all` bytes for `seconds`; `come` gives the bytes so far. Returns why it stalled. */
async function feed(
  { all, come, seconds }: { all: number; come: (second: number) => number; seconds: number },
): Promise<string | undefined> {
  const clock = new ManualClock();
  using watch = new StallWatch({ limitMs, onStall: () => {}, clock });
  for (let second = 0; second < seconds && watch.why === undefined; second++) {
    watch.progress({ come: come(second), all });
    await clock.advance(1000);
  }
  return watch.why;
}

Deno.test("StallWatch reports a frame that comes byte by byte", async () => {
  const why = await feed({ all: 307_200, come: (second) => 1 + second, seconds: 100 });
  assertEquals(why, "only 11 bytes came in 10 s");
});

Deno.test("StallWatch lets a narrow link take its time with a large frame", async () => {
  const why = await feed({ all: 307_200, come: (second) => 1 + 8000 * second, seconds: 39 });
  assertEquals(why, undefined);
});

Deno.test("StallWatch reports a frame that begins well and then drips", async () => {
  const why = await feed({ all: 307_200, come: (second) => 100_000 + second, seconds: 60 });
  assertEquals(why, "only 10 bytes came in 10 s");
});

Deno.test("StallWatch reports a head that is not whole in time", async () => {
  const why = await feed({ all: 0, come: (second) => 1 + 50 * second, seconds: 30 });
  assertEquals(why, "only 501 bytes came in 10 s");
});

Deno.test("StallWatch starts over with each frame", async () => {
  const clock = new ManualClock();
  using watch = new StallWatch({ limitMs, onStall: () => {}, clock });
  for (let frame = 0; frame < 100; frame++) {
    watch.progress({ come: 100, all: 307_200 });
    watch.whole();
    await clock.advance(330);
  }
  assertEquals(watch.why, undefined);
});

Deno.test("StallWatch reports silence only while bytes are due, and only once", async () => {
  const clock = new ManualClock();
  const reasons: string[] = [];
  const watch = new StallWatch({ limitMs, onStall: (why) => reasons.push(why), clock });
  watch.begin({ due: false });
  await clock.advance(60_000);
  assertEquals(reasons, []);
  watch.end();
  watch.begin({ due: true });
  await clock.advance(60_000);
  assertEquals(reasons, ["nothing came for 10 s"]);
  watch[Symbol.dispose]();
  assertEquals(clock.timers, 0);
});
