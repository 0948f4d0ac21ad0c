import { assertEquals, assertRejects } from "../assert.ts";
import { Failure } from "../../lib/log/failure.ts";
import { EventLog } from "../../lib/present/event_log.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const { log } = keptLog();
const { signal } = new AbortController();

function event(sequence: number, filter: string, boxes: number) {
  return { sequence, capturedAt: 0.5, filter, boxes: Array(boxes).fill([1, 2, 3, 4]) };
}

async function written(
  onlyOnChange: boolean,
  events: ReturnType<typeof event>[],
): Promise<number[]> {
  const file = await Deno.makeTempFile();
  try {
    {
      await using sink = await EventLog.open(file, { onlyOnChange, log });
      for (const one of events) sink.write(one);
    }
    const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line).sequence);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("EventLog.write() writes each event as a JSON line, in order", async () => {
  assertEquals(await written(false, [event(1, "a", 0), event(2, "b", 2)]), [1, 2]);
});

Deno.test("EventLog.write() with onlyOnChange writes where a filter's number of detections differs", async () => {
  const events = [1, 1, 2, 2, 0, 1].map((boxes, i) => event(i, "faces", boxes));
  events.splice(2, 0, event(9, "motion", 1), event(10, "motion", 1));
  assertEquals(await written(true, events), [0, 9, 2, 4, 5]);
});

Deno.test("EventLog.write() with onlyOnChange writes all objects that entered or left, and keeps two track apart", async () => {
  const frame = (sequence: number, of: string, boxes: number) => ({
    ...event(sequence, "track", boxes),
    of,
  });
  const entered = { ...frame(9, "faces", 0), event: "entered", id: 1, label: "face" };
  const events = [frame(1, "faces", 1), frame(2, "people", 2), entered, frame(3, "faces", 1)];
  assertEquals(await written(true, [...events, frame(4, "people", 2)]), [1, 2, 9]);
});

Deno.test("EventLog.open() says why a file can't be written", async () => {
  const open = () => EventLog.open("/nosuch/x", { onlyOnChange: false, log });
  await assertRejects(open, Failure, '"/nosuch/x": there is no such directory');
});

Deno.test("EventLog.open() leaves an old file alone until the first event", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "old, and longer than one event can be".repeat(9));
  await (await EventLog.open(file, { onlyOnChange: false, log }))[Symbol.asyncDispose]();
  assertEquals((await Deno.readTextFile(file)).startsWith("old"), true);
  {
    await using sink = await EventLog.open(file, { onlyOnChange: false, log });
    sink.write(event(1, "a", 0));
  }
  assertEquals(JSON.parse(await Deno.readTextFile(file)).sequence, 1);
  await Deno.remove(file);
});

Deno.test({
  name: "EventLog throws once where a line could not be written",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: async () => {
    const sink = await EventLog.open("/dev/full", { onlyOnChange: false, log });
    sink.write(event(1, "a", 0));
    await assertRejects(
      () => sink.run(new MemoryStream(), { signal }),
      Failure,
      "the disk is full",
    );
    await sink[Symbol.asyncDispose](); // it was thrown before
    const other = await EventLog.open("/dev/full", { onlyOnChange: false, log });
    other.write(event(1, "a", 0));
    await assertRejects(() => other[Symbol.asyncDispose](), Failure, "the disk is full");
  },
});

Deno.test("EventLog.run() writes the stream's detections, and is whole when the frames end", async () => {
  const file = await Deno.makeTempFile();
  const stream = new MemoryStream();
  const sink = await EventLog.open(file, { onlyOnChange: false, log });
  const running = sink.run(stream, { signal });
  for (const sequence of [1, 2]) stream.detections.put(event(sequence, "a", 1));
  stream.frames.end();
  await running;
  stream.detections.put(event(3, "a", 1)); // too late
  const lines = (await Deno.readTextFile(file)).trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).sequence), [1, 2]);
  await Deno.remove(file);
});

Deno.test("EventLog.write() counts no line as waiting after the file could not be opened", async () => {
  const directory = await Deno.makeTempDir();
  const sink = await EventLog.open(`${directory}/events`, { onlyOnChange: false, log });
  await Deno.remove(directory);
  for (let n = 0; n < 1000; n++) sink.write(event(n, "a", 0));
  await assertRejects(() => sink.run(new MemoryStream(), { signal }), Failure, "no such directory");
  sink.write(event(1000, "a", 0));
  assertEquals(sink.dropped, 0);
  await assertRejects(() => sink[Symbol.asyncDispose](), Failure);
});
