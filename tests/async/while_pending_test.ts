import { whilePending } from "../../lib/async/while_pending.ts";
import { pause } from "../../lib/async/aborted.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { ManualClock } from "./manual_clock.ts";

/** Reads a generator to its end, with a log of what it gives. */
async function collect<V, T>(values: AsyncGenerator<V, T>): Promise<[V[], T]> {
  const all: V[] = [];
  for (;;) {
    const { done, value } = await values.next();
    if (done) return [all, value];
    all.push(value);
  }
}

Deno.test("whilePending() yields a value per interval and returns the result", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const work = async ({ signal }: { signal: AbortSignal }) => {
    await pause(2500, signal, clock);
    return "done";
  };
  const options = { value: (n: number) => n > 0 ? n : undefined, interval: 1000, signal, clock };
  const reading = collect(whilePending(work, options));
  await clock.advance(2500);
  assertEquals(await reading, [[1, 2], "done"]);
  assertEquals(clock.timers, 0);
});

Deno.test("whilePending() fails with the error of its work", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const work = async ({ signal }: { signal: AbortSignal }) => {
    await pause(500, signal, clock);
    throw new Error("lost");
  };
  const options = { value: (n: number) => n, interval: 1000, signal, clock };
  const reading = assertRejects(() => collect(whilePending(work, options)), Error, "lost");
  await clock.advance(1000);
  await reading;
});

Deno.test("whilePending() aborts its work and waits for it when the reader stops", async () => {
  const clock = new ManualClock();
  const { signal } = new AbortController();
  const steps: string[] = [];
  const work = async ({ signal }: { signal: AbortSignal }) => {
    await pause(Infinity, signal, clock);
    await Promise.resolve();
    steps.push("stopped");
  };
  for await (const n of whilePending(work, { value: (n) => n, interval: 1000, signal, clock })) {
    steps.push(`value ${n}`);
    break;
  }
  assertEquals(steps, ["value 0", "stopped"]);
  assertEquals(clock.timers, 0);
});

Deno.test("whilePending() ends on abort", async () => {
  const clock = new ManualClock();
  const controller = new AbortController();
  const work = ({ signal }: { signal: AbortSignal }) => pause(Infinity, signal, clock);
  const options = { value: (n: number) => n, interval: 1000, signal: controller.signal, clock };
  const reading = collect(whilePending(work, options));
  await clock.advance(1500);
  controller.abort();
  assertEquals(await reading, [[0, 1], undefined]);
});
