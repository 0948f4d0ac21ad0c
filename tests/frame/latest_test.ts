import { Latest } from "../../lib/frame/latest.ts";
import { assert, assertEquals } from "../assert.ts";

function latestOf(...values: number[]) {
  const latest = new Latest<number>();
  for (const value of values) latest.put(value);
  return latest;
}

/** A signal that nobody aborts. */
const { signal } = new AbortController();

Deno.test("LatestReader.take() returns the newest value and counts the skipped ones", async () => {
  const latest = latestOf();
  using reader = latest.reader({ signal });
  for (const value of [10, 11, 12]) latest.put(value);
  assertEquals(await reader.take(), { value: 12, skipped: 2 });
  latest.put(13);
  assertEquals(await reader.take(), { value: 13, skipped: 0 });
});

Deno.test("LatestReader.take() first returns the current value to a late reader", async () => {
  using reader = latestOf(10, 11).reader({ signal });
  assertEquals(await reader.take(), { value: 11, skipped: 0 });
});

Deno.test("LatestReader.take() waits if there is no value", async () => {
  const latest = latestOf();
  using reader = latest.reader({ signal });
  let taken = false;
  const next = reader.take().then((value) => (taken = true, value));
  await Promise.resolve();
  assert(!taken);
  latest.put(10);
  assertEquals(await next, { value: 10, skipped: 0 });
});

Deno.test("LatestReader.take() returns the newest value put during wake-up", async () => {
  const latest = latestOf();
  using reader = latest.reader({ signal });
  const next = reader.take();
  latest.put(10);
  latest.put(11);
  assertEquals(await next, { value: 11, skipped: 1 });
});

Deno.test("LatestReader.take() works at each reader's own pace", async () => {
  const latest = latestOf();
  using slow = latest.reader({ signal });
  using quick = latest.reader({ signal });
  const quickly = [];
  for (const value of [10, 11, 12]) {
    latest.put(value);
    quickly.push(await quick.take());
  }
  assertEquals(quickly, [10, 11, 12].map((value) => ({ value, skipped: 0 })));
  assertEquals(await slow.take(), { value: 12, skipped: 2 });
});

Deno.test("Latest.end() lets each reader take the newest value, then ends", async () => {
  const latest = latestOf();
  using reader = latest.reader({ signal });
  latest.put(10);
  latest.end();
  assertEquals(await reader.take(), { value: 10, skipped: 0 });
  assertEquals(await reader.take(), undefined);
  using late = latest.reader({ signal });
  assertEquals(await late.take(), { value: 10, skipped: 0 });
  assertEquals(await late.take(), undefined);
  await latest.ended;
});

Deno.test("Latest.end() wakes waiting readers, and later values are ignored", async () => {
  const latest = latestOf();
  using one = latest.reader({ signal });
  using other = latest.reader({ signal });
  const waiting = [one.take(), other.take()];
  latest.end();
  latest.put(10);
  assertEquals(await Promise.all(waiting), [undefined, undefined]);
  assertEquals(await one.take(), undefined);
});

Deno.test("LatestReader.take() ends on abort of its own reader only", async () => {
  const latest = latestOf();
  const controller = new AbortController();
  using aborted = latest.reader({ signal: controller.signal });
  using other = latest.reader({ signal });
  const ends = aborted.take();
  const goesOn = other.take();
  controller.abort();
  assertEquals(await ends, undefined);
  latest.put(10);
  assertEquals(await aborted.take(), undefined);
  assertEquals(await goesOn, { value: 10, skipped: 0 });
});

Deno.test("Latest.reader() ends at once if the signal is already aborted", async () => {
  using reader = latestOf(10).reader({ signal: AbortSignal.abort() });
  assertEquals(await reader.take(), undefined);
});

Deno.test("LatestReader[Symbol.dispose]() removes its listener from the signal", () => {
  const listeners = new Set<unknown>();
  const { signal } = new AbortController();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const reader = latestOf().reader({ signal });
  assertEquals(listeners.size, 1);
  reader[Symbol.dispose]();
  assertEquals(listeners.size, 0);
});

Deno.test("LatestReader.next() waits for a newer value, its time limit, the end or an abort", async () => {
  const latest = new Latest<number>();
  const controller = new AbortController();
  using reader = latest.reader({ signal: controller.signal });
  latest.put(1);
  await reader.next(1e9); // one is there
  await reader.take();
  await reader.next(1); // its time is over
  assertEquals(reader.missed(), 0);
  setTimeout(() => latest.put(2));
  await reader.next(1e9);
  assertEquals((await reader.take())?.value, 2);
  setTimeout(() => controller.abort());
  await reader.next(1e9);
  latest.end();
  await reader.next(1e9);
});

Deno.test("Latest.end() sets the reason; only the first call counts", () => {
  const latest = latestOf(10);
  assertEquals([latest.isEnded, latest.ending], [false, undefined]);
  latest.end("failed");
  latest.end("over");
  assertEquals([latest.isEnded, latest.ending], [true, "failed"]);
  const over = latestOf();
  over.end();
  assertEquals(over.ending, "over");
});
