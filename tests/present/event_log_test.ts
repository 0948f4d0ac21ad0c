import { assertEquals, assertRejects } from "../assert.ts";
import { Failure } from "../../lib/log/failure.ts";
import { EventLog } from "../../lib/present/event_log.ts";

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
      await using log = await EventLog.open(file, { onlyOnChange });
      for (const one of events) log.write(one);
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

Deno.test("EventLog.write() with onlyOnChange writes where a filter's number of finds differs", async () => {
  const events = [1, 1, 2, 2, 0, 1].map((boxes, i) => event(i, "faces", boxes));
  events.splice(2, 0, event(9, "motion", 1), event(10, "motion", 1));
  assertEquals(await written(true, events), [0, 9, 2, 4, 5]);
});

Deno.test("EventLog.open() says why a file can't be written", async () => {
  const open = () => EventLog.open("/nosuch/x", { onlyOnChange: false });
  await assertRejects(open, Failure, '"/nosuch/x": there is no such directory');
});

Deno.test("EventLog.open() leaves an old file alone until the first event", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeTextFile(file, "old, and longer than one event can be".repeat(9));
  await (await EventLog.open(file, { onlyOnChange: false }))[Symbol.asyncDispose]();
  assertEquals((await Deno.readTextFile(file)).startsWith("old"), true);
  {
    await using log = await EventLog.open(file, { onlyOnChange: false });
    log.write(event(1, "a", 0));
  }
  assertEquals(JSON.parse(await Deno.readTextFile(file)).sequence, 1);
  await Deno.remove(file);
});

Deno.test({
  name: "EventLog throws once where a line could not be written",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const log = await EventLog.open("/dev/full", { onlyOnChange: false });
    log.write(event(1, "a", 0));
    const { signal } = new AbortController();
    const until = new Promise<void>(() => {});
    await assertRejects(() => log.run({ until, signal }), Failure, "the disk is full");
    await log[Symbol.asyncDispose](); // it has been told
    const other = await EventLog.open("/dev/full", { onlyOnChange: false });
    other.write(event(1, "a", 0));
    await assertRejects(() => other[Symbol.asyncDispose](), Failure, "the disk is full");
  },
});
