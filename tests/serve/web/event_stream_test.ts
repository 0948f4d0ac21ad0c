import { assert, assertEquals } from "../../assert.ts";
import { EventStream } from "../../../lib/serve/web/event_stream.ts";

function eventStream({ stall = 10 } = {}) {
  const happened: string[] = [];
  const time = { now: 0 };
  const stream = new EventStream({
    stall,
    onEnd: () => happened.push("end"),
    onStall: () => happened.push("stall"),
    clock: () => time.now,
  });
  return { stream, happened, time };
}

const utf8 = new TextDecoder();

Deno.test("EventStream: a listener that never reads is closed after --stall (issue 11)", () => {
  const { stream, happened, time } = eventStream();
  for (; time.now <= 10_000; time.now += 1000) stream.send("state", {});
  assertEquals(happened, []);
  stream.send("state", {});
  assertEquals(happened, ["end", "stall"]);
  stream.send("state", {});
  stream.end();
  assertEquals(happened, ["end", "stall"]);
});

Deno.test("EventStream: a listener that reads now and then is not closed", async () => {
  const { stream, happened, time } = eventStream();
  const reader = stream.body.getReader();
  for (let i = 0; i < 10; i++) {
    stream.send("find", { i });
    stream.send("find", { i });
    await reader.read();
    time.now += 9000;
  }
  assertEquals(happened, []);
  await reader.cancel();
  assertEquals(happened, ["end"]);
});

Deno.test("EventStream: at most 100 events wait for a slow listener; it gets whole ones", async () => {
  const { stream } = eventStream();
  for (let i = 0; i < 500; i++) stream.send("find", { i });
  stream.end();
  const pieces = await Array.fromAsync(stream.body, (bytes) => utf8.decode(bytes));
  assertEquals(pieces.length, 100);
  assertEquals(pieces[99], `event: find\ndata: {"i":99}\n\n`);
});

Deno.test("EventStream.end() ends a body that waits for the next event", async () => {
  const { stream } = eventStream();
  const reading = stream.body.getReader().read();
  stream.end();
  assert((await reading).done);
});
