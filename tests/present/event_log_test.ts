import { assertEquals, assertThrows } from "../assert.ts";
import { Failure } from "../../lib/frame/failure.ts";
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
      await using log = new EventLog(file, { onlyOnChange });
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

Deno.test("new EventLog() says why a file can't be written", () => {
  assertThrows(() => new EventLog("/nosuch/x", { onlyOnChange: false }), Failure, '"/nosuch/x"');
});
