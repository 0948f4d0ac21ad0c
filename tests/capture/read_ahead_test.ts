import { ReadAhead } from "../../lib/capture/read_ahead.ts";
import { assert, assertEquals } from "../assert.ts";

/** A source that needs so many milliseconds a frame, on a clock of its own; it ends after `count` frames. */
function source(count: number, needs: (n: number) => number) {
  let now = 0;
  let n = 0;
  const read = () => {
    if (n === count) return Promise.resolve(undefined);
    now += needs(n);
    return Promise.resolve(n++);
  };
  return { read, now: () => now, given: () => n };
}

/** Whether it is live after each of its frames, at 25 frames a second. */
async function judge(count: number, needs: (n: number) => number): Promise<boolean[]> {
  const { read, now } = source(count, needs);
  await using ahead = new ReadAhead({ read, now, bytes: 2 ** 24, interval: 40 });
  const verdicts: boolean[] = [];
  while (await ahead.next() !== undefined) verdicts.push(ahead.isLive);
  return verdicts;
}

Deno.test("ReadAhead recognizes a live source by the waits for its frames", async () => {
  for (const interval of [33, 39, 40, 60]) {
    const verdicts = await judge(100, () => interval);
    assertEquals([verdicts[0], verdicts.slice(40).every(Boolean)], [false, true]);
  }
});

Deno.test("ReadAhead recognizes a film: read at once, with pauses, or from a decoder at 1.6 times its rate", async () => {
  const films = [
    () => 0,
    (n: number) => n % 50 === 20 ? 3000 : 1,
    (n: number) => n % 12 === 0 ? 38 : 23,
  ];
  for (const film of films) assert(!(await judge(300, film)).includes(true));
});

Deno.test("ReadAhead recognizes a live source again after a pause and its burst", async () => {
  const verdicts = await judge(200, (n) => n === 50 ? 2000 : n > 50 && n < 100 ? 0 : 40);
  assertEquals([verdicts[45], verdicts[90], verdicts[130]], [true, false, true]);
});

Deno.test("ReadAhead reads one second ahead, two frames if they are large, and three frames after the limit was reached", async () => {
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve));
  for (
    const { bytes, most, few } of [{ bytes: 12, most: 25, few: 3 }, {
      bytes: 2 ** 28,
      most: 2,
      few: 2,
    }]
  ) {
    const { read, given } = source(100, () => 0);
    await using ahead = new ReadAhead({ read, bytes, interval: 40 });
    await settle();
    assertEquals(given(), most);
    for (let taken = 1; taken < 50; taken++) {
      assertEquals(await ahead.next(), taken - 1);
      await settle();
      assertEquals(given(), Math.max(most, taken + few));
    }
  }
});

Deno.test("ReadAhead gives the frames before a failure, and then the failure", async () => {
  let n = 0;
  const read = () => n < 3 ? Promise.resolve(n++) : Promise.reject(new Error("broken"));
  await using ahead = new ReadAhead({ read, bytes: 12, interval: 40 });
  const got: unknown[] = [];
  try {
    for (;;) got.push(await ahead.next());
  } catch (thrown) {
    got.push((thrown as Error).message);
  }
  assertEquals(got, [0, 1, 2, "broken"]);
});

Deno.test("ReadAhead ends when it is disposed of, even while it waits for room or for a frame", async () => {
  const { read } = source(100, () => 0);
  const full = new ReadAhead({ read, bytes: 12, interval: 40 });
  await full[Symbol.asyncDispose]();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const waiting = new ReadAhead({ read: () => promise, bytes: 12, interval: 40 });
  const next = waiting.next();
  resolve(undefined); // as a source does that is cancelled
  await waiting[Symbol.asyncDispose]();
  assertEquals(await next, undefined);
});
