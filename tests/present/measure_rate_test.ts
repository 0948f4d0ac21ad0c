import { isEnough, measureRate } from "../../lib/present/measure_rate.ts";
import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";

/** When `count` frames arrive at a rate, `together` of them at a time, behind `ready` that come at once. */
function arrivals({ fps, count, together = 1, ready = 0 }: {
  fps: number;
  count: number;
  together?: number;
  ready?: number;
}): number[] {
  const live = Array.from(
    { length: count },
    (_, n) => 7000 + Math.floor(n / together) * together * 1000 / fps,
  );
  return [...Array(ready).fill(7000), ...live];
}

Deno.test("measureRate() measures the rate, and rounds it to a common one", () => {
  const table: [given: Parameters<typeof arrivals>[0], fps: number][] = [
    [{ fps: 30, count: 61 }, 30],
    [{ fps: 29.6, count: 61 }, 30],
    [{ fps: 25, count: 51, together: 3 }, 25],
    [{ fps: 30, count: 61, ready: 100 }, 30],
    [{ fps: 17, count: 35 }, 17],
    [{ fps: 1, count: 11 }, 1],
    [{ fps: 0.4, count: 5 }, 0.4],
  ];
  for (const [given, fps] of table) {
    const measured = measureRate(arrivals(given));
    assertEquals([measured.fps, measured.isSteady], [fps, true], JSON.stringify(given));
  }
  const { delay } = measureRate(arrivals({ fps: 30, count: 61, ready: 100 }));
  assertAlmostEquals(delay, -100_000 / 30, 1);
});

Deno.test("measureRate() gives 25 fps for a burst", () => {
  const bursts = [
    arrivals({ fps: 62, count: 10 }), // 10 in 0.16 s
    arrivals({ fps: 400, count: 800 }),
    [7000],
    [7000, 9500],
    [],
  ];
  for (const burst of bursts) {
    const { fps, isSteady } = measureRate(burst);
    assertEquals([fps, isSteady], [25, false]);
  }
});

Deno.test("isEnough() is bounded in time and in bytes", () => {
  const size = { frameBytes: 76_800 };
  assert(!isEnough(arrivals({ fps: 30, count: 60 }), size));
  assert(isEnough(arrivals({ fps: 30, count: 61 }), size));
  assert(!isEnough(arrivals({ fps: 1, count: 9 }), size));
  assert(isEnough(arrivals({ fps: 0.1, count: 2 }), size));
  assert(isEnough(arrivals({ fps: 1e6, count: 3495 }), size));
  assert(!isEnough(arrivals({ fps: 1e6, count: 3400 }), size));
});
