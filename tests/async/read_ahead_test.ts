import { readAhead } from "../../lib/async/read_ahead.ts";
import { assertEquals, assertRejects } from "../assert.ts";
import { settle } from "./manual_clock.ts";

/** Numbers up to `count`; `log` gets each that is asked for, and the end. */
async function* numbers(count: number, log: (number | "end")[]): AsyncGenerator<number, void> {
  try {
    for (let n = 0; n < count; n++) {
      await Promise.resolve();
      log.push(n);
      yield n;
    }
    if (count === 3) throw new Error("three");
  } finally {
    log.push("end");
  }
}

const stop = () => {};

Deno.test("readAhead() gives all items in order, and reads so many before they are asked for", async () => {
  const log: (number | "end")[] = [];
  let most = 2;
  const got: number[] = [];
  for await (const item of readAhead(numbers(6, log), { most: () => most, stop })) {
    got.push(item);
    await settle();
    if (item === 0) assertEquals(log, [0, 1, 2]);
    if (item === 1) most = 100;
  }
  assertEquals(got, [0, 1, 2, 3, 4, 5]);
});

Deno.test("readAhead() gives the items before a failure, then the failure", async () => {
  const got: number[] = [];
  await assertRejects(
    async () => {
      for await (const item of readAhead(numbers(3, []), { most: () => 9, stop })) got.push(item);
    },
    Error,
    "three",
  );
  assertEquals(got, [0, 1, 2]);
});

Deno.test("readAhead() stops the items when it is left, and waits for their end", async () => {
  const log: (number | "end")[] = [];
  const pending = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<number, void> {
    yield 0;
    await pending.promise;
    log.push("end");
  }
  for await (const _ of readAhead(endless(), { most: () => 9, stop: pending.resolve })) break;
  assertEquals(log, ["end"]);
});
