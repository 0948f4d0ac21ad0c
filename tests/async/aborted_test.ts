import { abortable, abortedOr } from "../../lib/async/aborted.ts";
import { assertEquals, assertRejects } from "../assert.ts";

const never = new Promise<never>(() => {});

Deno.test("abortable() gives the promise's value, and fails as it does", async () => {
  const { signal } = new AbortController();
  assertEquals(await abortable(Promise.resolve(7), signal), 7);
  await assertRejects(() => abortable(Promise.reject(new Error("no")), signal), Error, "no");
});

Deno.test("abortable() throws the signal's reason on abort, and ignores a later failure", async () => {
  const controller = new AbortController();
  const { promise, reject } = Promise.withResolvers<never>();
  const waiting = abortable(promise, controller.signal);
  controller.abort(new Error("enough"));
  await assertRejects(() => waiting, Error, "enough");
  await assertRejects(() => abortable(promise, controller.signal), Error, "enough");
  reject(new Error("too late"));
  await Promise.resolve();
});

Deno.test("abortedOr() ends on abort without an error", async () => {
  const controller = new AbortController();
  const waiting = abortedOr(never, controller.signal);
  controller.abort();
  await waiting;
  await abortedOr(never, controller.signal);
});
