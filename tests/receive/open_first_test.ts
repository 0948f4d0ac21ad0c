import { Failure } from "../../lib/log/failure.ts";
import { NotReady } from "../../lib/receive/connect.ts";
import { retry } from "../../lib/receive/open_first.ts";
import { assertEquals, assertRejects } from "../assert.ts";

/** Fails with each of these in turn, and then succeeds. */
function failing(...failures: Failure[]) {
  let tries = 0;
  const waits: string[] = [];
  const open = () => {
    const failure = failures[tries++];
    return failure ? Promise.reject(failure) : Promise.resolve("open");
  };
  const control = {
    intervalMs: 1,
    onWait: ({ message }: Failure) => void waits.push(message),
    signal: new AbortController().signal,
  };
  return { open, control, waits, tried: () => tries };
}

const refused = () => new NotReady("refused", "x");

Deno.test("retry() tries once if it must not wait", async () => {
  const { open, control, waits, tried } = failing(refused());
  await assertRejects(() => retry(open, { ...control, seconds: 0 }), NotReady, "refused");
  assertEquals([tried(), waits], [1, []]);
});

Deno.test("retry() waits until the server is ready, and says so once", async () => {
  const { open, control, waits, tried } = failing(refused(), new NotReady("busy", "x"), refused());
  assertEquals(await retry(open, { ...control, seconds: Infinity }), "open");
  assertEquals([tried(), waits], [4, ["refused"]]);
});

Deno.test("retry() does not wait if that cannot help", async () => {
  const { open, control, waits } = failing(refused(), new Failure("another size", "x"));
  const trying = retry(open, { ...control, seconds: Infinity });
  await assertRejects(() => trying, Failure, "another size");
  assertEquals(waits, ["refused"]);
});

Deno.test("retry() throws the last failure when the time is over", async () => {
  const failures = Array.from({ length: 10_000 }, refused);
  const { open, control, waits } = failing(...failures);
  await assertRejects(() => retry(open, { ...control, seconds: 0.02 }), NotReady, "refused");
  assertEquals(waits, ["refused"]);
});

Deno.test("retry() ends on abort while it waits", async () => {
  const controller = new AbortController();
  const { open, control } = failing(refused());
  const trying = retry(open, {
    ...control,
    seconds: Infinity,
    intervalMs: 1e6,
    onWait: () => controller.abort(new Error("Ctrl-C")),
    signal: controller.signal,
  });
  await assertRejects(() => trying, Error, "Ctrl-C");
});
