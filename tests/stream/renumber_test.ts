import { Emitter } from "../../lib/async/emitter.ts";
import { Histogram } from "../../lib/stats/histogram.ts";
import { Latest } from "../../lib/frame/latest.ts";
import { renumber } from "../../lib/stream/renumber.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "../frame/place_frame.ts";

Deno.test("relay() numbers frames anew, counts what it missed, and turns times to our clock", async () => {
  const [from, to] = [new Latest<Frame>(), new Latest<Frame>()];
  const { signal } = new AbortController();
  const got: number[][] = [];
  const running = renumber(from, to, { offset: () => 1000, signal });
  const reading = (async () => {
    using reader = to.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      got.push([taken.value.sequence, taken.value.capturedAt]);
    }
  })();
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  for (const times of [[5000], [5033, 5066], [5100]]) {
    for (const capturedAt of times) from.put(placeFrame({ sequence: 77, capturedAt }));
    await settle();
  }
  from.end();
  await Promise.all([running, reading]);
  assertEquals(got, [[0, 4000], [2, 4066], [3, 4100]]);
});

Deno.test("relay() passes a placeholder on without a number of its own, and the reason of the end", async () => {
  const [from, to] = [new Latest<Frame>(), new Latest<Frame>()];
  const { signal } = new AbortController();
  const running = renumber(from, to, { offset: () => 0, signal });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  using reader = to.reader({ signal });
  const got: unknown[] = [];
  for (const kind of [undefined, "placeholder", "placeholder", undefined] as const) {
    from.put({ ...placeFrame({ sequence: 5 }), kind });
    await settle();
    const { value } = (await reader.take())!;
    got.push([value.sequence, value.kind]);
  }
  from.end("failed");
  await running;
  assertEquals(got, [[0, undefined], [1, "placeholder"], [1, "placeholder"], [1, undefined]]);
  assertEquals(to.ending, "failed");
});

Deno.test("Feed tells those who listen, and no longer those who have left", () => {
  const feed = new Emitter<number>();
  const heard: string[] = [];
  feed.put(0);
  using _one = feed.listen((value) => heard.push(`one ${value}`));
  const two = feed.listen((value) => heard.push(`two ${value}`));
  feed.put(1);
  two[Symbol.dispose]();
  feed.put(2);
  assertEquals(heard, ["one 1", "two 1", "one 2"]);
});

Deno.test("Histogram: percentiles, sums, and how many were not longer", () => {
  const histogram = new Histogram();
  assertEquals([histogram.percentiles(), histogram.upTo(1000)], [undefined, 0]);
  for (let ms = 1; ms <= 100; ms++) histogram.add(ms);
  const { p50 = 0, p99 = 0, max } = histogram.percentiles() ?? {};
  assertEquals([Math.abs(p50 - 50) <= 1, Math.abs(p99 - 99) <= 1.5, max], [true, true, 100]);
  assertEquals([histogram.count, histogram.sum], [100, 5050]);
  assertEquals(histogram.upTo(1e6), 100);
  assertEquals(Math.abs(histogram.upTo(25) - 25) <= 1, true);
});
