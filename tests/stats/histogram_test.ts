import { Histogram } from "../../lib/stats/histogram.ts";
import { assertEquals } from "../assert.ts";

Deno.test("Histogram has percentiles, sums, and counts up to a duration", () => {
  const histogram = new Histogram();
  assertEquals([histogram.percentiles(), histogram.upTo(1000)], [undefined, 0]);
  for (let ms = 1; ms <= 100; ms++) histogram.add(ms);
  const { p50 = 0, p99 = 0, max } = histogram.percentiles() ?? {};
  assertEquals([Math.abs(p50 - 50) <= 1, Math.abs(p99 - 99) <= 1.5, max], [true, true, 100]);
  assertEquals([histogram.count, histogram.sum], [100, 5050]);
  assertEquals(histogram.upTo(1e6), 100);
  assertEquals(Math.abs(histogram.upTo(25) - 25) <= 1, true);
});
