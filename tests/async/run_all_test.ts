import { runAll } from "../../lib/async/run_all.ts";
import { assert, assertEquals, assertRejects, assertStrictEquals } from "../assert.ts";

/** Fulfilled when `signal` is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  return promise;
}

const { signal } = new AbortController();

Deno.test("runAll() waits until all loops have ended", async () => {
  const over: string[] = [];
  const gate = Promise.withResolvers<void>();
  await runAll([
    async () => {
      await gate.promise;
      over.push("second");
    },
    async () => {
      await Promise.resolve();
      over.push("first");
      gate.resolve();
    },
  ], { signal });
  assertEquals(over, ["first", "second"]);
});

Deno.test("runAll() ends all loops on abort of its signal", async () => {
  const controller = new AbortController();
  const running = runAll([({ signal }) => aborted(signal), ({ signal }) => aborted(signal)], {
    signal: controller.signal,
  });
  controller.abort();
  await running;
});

Deno.test("runAll() aborts the others at the first failure, and throws that one", async () => {
  const first = new Error("the first");
  let cleanedUp = false;
  const thrown = await assertRejects(() =>
    runAll([
      async ({ signal }) => {
        await aborted(signal);
        cleanedUp = true;
        throw new Error("a later one");
      },
      () => Promise.reject(first),
    ], { signal })
  );
  assertStrictEquals(thrown, first);
  assert(cleanedUp, "it was waited for");
});

Deno.test("runAll() fails if a loop throws synchronously", async () => {
  await assertRejects(
    () =>
      runAll([({ signal }) => aborted(signal), () => {
        throw new RangeError("at once");
      }], { signal }),
    RangeError,
    "at once",
  );
});

Deno.test("runAll() continues when one loop ends", async () => {
  let stopped: boolean | undefined;
  const gate = Promise.withResolvers<void>();
  await runAll([
    () => Promise.resolve(gate.resolve()),
    async ({ signal }) => {
      await gate.promise;
      stopped = signal.aborted;
    },
  ], { signal });
  assertEquals(stopped, false);
});
