import { Outputs } from "../../lib/present/outputs.ts";
import { Failure } from "../../lib/log/failure.ts";
import type { Sink } from "../../lib/stream/stream.ts";
import { assertEquals, assertRejects, assertThrows } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const { signal } = new AbortController();

/** Outputs that count how often they stop the client. */
function outputs() {
  const { log, error } = keptLog();
  const stops: number[] = [];
  return { error, stops, outputs: new Outputs({ log, stop: () => stops.push(1) }) };
}

function sink(run: Sink["run"]): Sink {
  return { name: "a sink", run };
}

const fails = sink(() => Promise.reject(new Failure("the disk is full", "free some space")));
const ends = sink(() => Promise.resolve());
const stays = sink(async (stream) => await stream.frames.ended);

Deno.test("Outputs.run() logs a failure in one line, and the other outputs continue", async () => {
  const { outputs: all, error, stops } = outputs();
  all.add(fails);
  all.add(stays);
  const stream = new MemoryStream();
  const running = all.run(stream, { signal });
  stream.frames.end();
  await running;
  assertEquals([error, stops.length], [["error: the disk is full; the other outputs continue"], 0]);
  assertThrows(() => all.throwIfFailed(), Failure, "the disk is full");
});

for (const [what, last] of [["ends", ends], ["fails", fails]] as const) {
  Deno.test(`Outputs.run() stops the client when the last output ${what}`, async () => {
    const { outputs: all, error, stops } = outputs();
    all.add(ends);
    all.add(last);
    await all.run(new MemoryStream(), { signal });
    assertEquals([error, stops.length], [[], 1]);
  });
}

Deno.test("Outputs.run() does not stop the client while a server holds it", async () => {
  const { outputs: all, stops } = outputs();
  all.hold();
  all.add(ends);
  await all.run(new MemoryStream(), { signal });
  assertEquals(stops.length, 0);
  all.throwIfFailed();
});

Deno.test("Outputs.run() does not stop the client without any output", async () => {
  const { outputs: all, stops } = outputs();
  await all.run(new MemoryStream(), { signal });
  assertEquals(stops.length, 0);
});

Deno.test("Outputs.run() throws what is not a Failure, after the other sinks have ended", async () => {
  const { outputs: all } = outputs();
  let ended = false;
  all.add(sink(() => Promise.reject(new TypeError("a bug"))));
  all.add(sink(async (_, { signal }) => {
    await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    ended = true;
  }));
  await assertRejects(() => all.run(new MemoryStream(), { signal }), TypeError, "a bug");
  assertEquals(ended, true);
});
