import { Lossless } from "../../lib/frame/lossless.ts";
import { assertEquals } from "../assert.ts";

/** A signal that nobody aborts. */
const { signal } = new AbortController();

/** Lets everything run that does not wait for something from outside. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Puts the numbers from 0 on; gives how many were put, and the end. */
function write(values: Lossless<number>, count: number, control = { signal }) {
  const writing = { put: 0, end: Promise.resolve() };
  writing.end = (async () => {
    while (writing.put < count && !control.signal.aborted) {
      await values.room(control);
      if (values.isEnded || control.signal.aborted) return;
      values.put(writing.put++);
    }
    values.end();
  })();
  return writing;
}

Deno.test("Lossless gives every value, in order, to readers of different speed", async () => {
  const values = new Lossless<number>({ members: 0 });
  const read = async (turns: number) => {
    using reader = values.reader({ signal, every: true });
    const all: number[] = [];
    for (let taken; (taken = await reader.take());) {
      all.push(taken.value);
      assertEquals(taken.skipped, 0);
      for (let i = 0; i < turns; i++) await settle();
    }
    return all;
  };
  const reading = Promise.all([read(0), read(1), read(3)]);
  await write(values, 10).end;
  const wanted = Array.from({ length: 10 }, (_, i) => i);
  assertEquals(await reading, [wanted, wanted, wanted]);
});

Deno.test("Lossless.room() waits for the slowest reader", async () => {
  const values = new Lossless<number>({ members: 0 });
  using quick = values.reader({ signal, every: true });
  using slow = values.reader({ signal, every: true });
  const writing = write(values, 3);
  await settle();
  await quick.take();
  await settle();
  assertEquals(writing.put, 1);
  await slow.take();
  await settle();
  assertEquals(writing.put, 2);
  assertEquals((await quick.take())?.value, 1);
  assertEquals((await slow.take())?.value, 1);
  await writing.end;
});

Deno.test("Lossless.room() does not wait for readers that want the newest value only", async () => {
  const values = new Lossless<number>({ members: 0 });
  using newest = values.reader({ signal });
  await write(values, 5).end;
  assertEquals(await newest.take(), { value: 4, skipped: 4 });
});

Deno.test("Lossless.room() waits no longer for a reader that is disposed of or aborted", async () => {
  const values = new Lossless<number>({ members: 0 });
  const stuck = new AbortController();
  const gone = values.reader({ signal, every: true });
  using _stuck = values.reader({ signal: stuck.signal, every: true });
  const writing = write(values, 3);
  await settle();
  assertEquals(writing.put, 1);
  gone[Symbol.dispose]();
  await settle();
  assertEquals(writing.put, 1);
  stuck.abort();
  await writing.end;
  assertEquals(writing.put, 3);
});

Deno.test("Lossless.room() waits for all members before the first value, then for one", async () => {
  const values = new Lossless<number>({ members: 2 });
  const writing = write(values, 3);
  const first = values.join({ signal });
  await settle();
  assertEquals(writing.put, 0);
  const left = new AbortController();
  const second = values.join({ signal: left.signal });
  using reader = values.reader({ signal, every: true });
  await reader.take();
  first[Symbol.dispose]();
  assertEquals((await reader.take())?.value, 1);
  await settle();
  left.abort();
  second[Symbol.dispose](); // does not count again
  assertEquals((await reader.take())?.value, 2);
  await writing.end;
});

Deno.test("Lossless.room() waits while no member is left", async () => {
  const values = new Lossless<number>({ members: 1 });
  const first = values.join({ signal });
  using reader = values.reader({ signal, every: true });
  const writing = write(values, 2);
  await settle();
  first[Symbol.dispose]();
  await reader.take();
  await settle();
  assertEquals(writing.put, 1);
  using _second = values.join({ signal });
  await writing.end;
  assertEquals(writing.put, 2);
});

Deno.test("Lossless.room() ends on abort and with the values", async () => {
  const stopping = new AbortController();
  const aborted = write(new Lossless<number>({ members: 1 }), 1, stopping);
  const values = new Lossless<number>({ members: 1 });
  const ended = write(values, 1);
  await settle();
  stopping.abort();
  values.end("removed");
  await Promise.all([aborted.end, ended.end]);
  assertEquals([aborted.put, ended.put, values.ending], [0, 0, "removed"]);
});

Deno.test("Lossless.end() lets each reader take the last value", async () => {
  const values = new Lossless<number>({ members: 0 });
  using reader = values.reader({ signal, every: true });
  await write(values, 1).end;
  assertEquals([(await reader.take())?.value, await reader.take()], [0, undefined]);
});

Deno.test("Lossless.room() waits for all members until the first value is put, however often it is asked", async () => {
  const values = new Lossless<number>({ members: 2 });
  const stopping = new AbortController();
  using _first = values.join({ signal });
  const second = values.join({ signal });
  await values.room({ signal });
  second[Symbol.dispose]();
  let hasRoom = false;
  const waiting = values.room(stopping).then(() => hasRoom = true);
  await settle();
  assertEquals(hasRoom, false);
  stopping.abort();
  await waiting;
});
