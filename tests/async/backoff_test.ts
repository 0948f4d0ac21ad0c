import { Backoff } from "../../lib/async/backoff.ts";
import { assertEquals } from "../assert.ts";
import { ManualClock } from "./manual_clock.ts";

const { signal } = new AbortController();

/** How long the next wait takes, in milliseconds. */
async function nextWait(backoff: Backoff, clock: ManualClock): Promise<number> {
  const from = clock.now();
  let waited: number | undefined;
  backoff.wait(signal).then(() => waited = clock.now() - from);
  await clock.advance(20_000);
  return waited ?? NaN;
}

Deno.test("Backoff waits longer after each failure, up to 10 s", async () => {
  const clock = new ManualClock();
  const backoff = new Backoff(clock);
  const waits: number[] = [];
  for (let n = 0; n < 6; n++) waits.push(await nextWait(backoff, clock));
  assertEquals(waits, [0, 1000, 2000, 5000, 10_000, 10_000]);
});

Deno.test("Backoff starts over after a run of 10 s, and not after a shorter one", async () => {
  const clock = new ManualClock();
  const backoff = new Backoff(clock);
  const waits: number[] = [];
  for (const lasted of [0, 9999, 10_000]) {
    backoff.begin();
    await clock.advance(lasted);
    waits.push(await nextWait(backoff, clock));
  }
  assertEquals(waits, [0, 1000, 0]);
});

Deno.test("Backoff does not count failed tries as a run", async () => {
  const clock = new ManualClock();
  const backoff = new Backoff(clock);
  backoff.begin();
  assertEquals(await nextWait(backoff, clock), 0);
  await clock.advance(60_000); // a host that does not answer
  assertEquals(await nextWait(backoff, clock), 1000);
});

Deno.test("Backoff ends its wait on abort", async () => {
  const clock = new ManualClock();
  const backoff = new Backoff(clock);
  const controller = new AbortController();
  await nextWait(backoff, clock);
  const waiting = backoff.wait(controller.signal);
  controller.abort();
  await waiting;
  assertEquals(clock.timers, 0);
});
