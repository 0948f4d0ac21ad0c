import { wallClock } from "../../lib/frame/clock.ts";
import { assertAlmostEquals } from "../assert.ts";

/** What `wallClock()` says while the two clocks below it stand at these milliseconds. */
function wallClockAt({ whole, steady }: { whole: number; steady: number }): number {
  const [dateNow, performanceNow] = [Date.now, performance.now];
  Date.now = () => whole;
  performance.now = () => steady;
  try {
    return wallClock();
  } finally {
    Date.now = dateNow;
    performance.now = performanceNow;
  }
}

Deno.test("wallClock() is the time of day with the steady clock's fractions", () => {
  const times = [
    [{ whole: 1000, steady: 7 }, 1000],
    [{ whole: 1001, steady: 8.25 }, 1001.25],
    [{ whole: 1003, steady: 8.75 }, 1001.75],
  ] as const;
  for (const [clocks, expected] of times) assertAlmostEquals(wallClockAt(clocks), expected, 1e-3);
});

Deno.test("wallClock() follows changes of the time of day", () => {
  wallClockAt({ whole: 1000, steady: 7 });
  assertAlmostEquals(wallClockAt({ whole: 9_000_000, steady: 8 }), 9_000_000, 1e-3);
  assertAlmostEquals(wallClockAt({ whole: 9_000_001, steady: 9.5 }), 9_000_001.5, 1e-3);
  assertAlmostEquals(wallClockAt({ whole: 500, steady: 10 }), 500, 1e-3);
});
