import { EventHook } from "../../lib/present/event_hook.ts";
import type { Detection } from "../../lib/frame/detection.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";
import { assertEquals, assertMatch } from "../assert.ts";

const ignore = Deno.build.os === "windows"; // sh
const { signal } = new AbortController();

function detection(filter: string, boxes: number): Detection {
  return { sequence: 7, capturedAt: 0, filter, boxes: Array(boxes).fill([1, 2, 3, 4]) };
}

/** A hook that runs a shell script, and a log whose lines are waited for. */
function hookOf(script: string) {
  const { log, info, warn } = keptLog();
  let wake = () => {};
  const told = (line: string, tell: (line: string) => void) => {
    tell(line);
    wake();
  };
  const hook = new EventHook(["sh", "-c", script], {
    log: {
      ...log,
      info: (line) => told(line, log.info),
      warn: (line) => told(line, log.warn),
    },
  });
  /** Waits until so many lines are logged. */
  const lines = async (count: number) => {
    while (info.length + warn.length < count) await new Promise<void>((done) => wake = done);
  };
  return { hook, info, warn, lines };
}

Deno.test({
  name: "EventHook runs the program when a filter begins to find something, and logs its stdout",
  ignore,
  fn: async () => {
    const { hook, info, warn, lines } = hookOf('echo "$FRAMEWIRE_EVENT $FRAMEWIRE_SEQUENCE"');
    const stream = new MemoryStream();
    const running = hook.run(stream, { signal });
    for (const [filter, boxes] of [["a", 0], ["a", 1], ["a", 2], ["b", 1]] as const) {
      stream.detections.put(detection(filter, boxes));
    }
    await lines(2);
    stream.frames.end();
    await running;
    stream.detections.put(detection("c", 1)); // too late
    await hook[Symbol.asyncDispose]();
    assertEquals([info, warn], [["sh: a 7", "sh: b 7"], []]);
  },
});

Deno.test({
  name: "EventHook runs the program for each label that a filter begins to find",
  ignore,
  fn: async () => {
    const { hook, info, warn, lines } = hookOf('echo "$FRAMEWIRE_EVENT $FRAMEWIRE_LABEL"');
    const finds = [["person", "person"], ["person", "dog"], ["dog"]];
    for (const labels of finds) hook.found({ ...detection("detect", labels.length), labels });
    hook.happened("lost", ""); // the last one: there was no other
    await lines(3);
    await hook[Symbol.asyncDispose]();
    assertEquals([info, warn], [["sh: detect person", "sh: detect dog", "sh: lost"], []]);
  },
});

Deno.test({
  name: "EventHook logs why a program failed, with the last line of its stderr",
  ignore,
  fn: async () => {
    const { hook, warn, lines } = hookOf("echo first >&2; echo last >&2; exit 3");
    hook.happened("lost", "the connection broke");
    await lines(1);
    await hook[Symbol.asyncDispose]();
    assertEquals(warn, ["sh at lost ended with exit code 3: last"]);
  },
});

Deno.test({
  name: "EventHook cuts a long line, and does not wait for what the program has started",
  ignore,
  fn: async () => {
    const script = "head -c 100000 /dev/zero | tr '\\0' x; echo; sleep 30 & exit 1";
    const { hook, info, warn, lines } = hookOf(script);
    hook.happened("back", "");
    await lines(2);
    await hook[Symbol.asyncDispose]();
    assertMatch(info[0]!, /^sh: x{200}$/);
    assertEquals(warn, ["sh at back ended with exit code 1"]);
  },
});

Deno.test({
  name: "EventHook ends the program that runs when it is disposed of",
  ignore,
  fn: async () => {
    const { hook, info, warn, lines } = hookOf("echo started; exec sleep 30");
    hook.happened("lost", "");
    hook.happened("back", "");
    await lines(1);
    await hook[Symbol.asyncDispose]();
    assertEquals([info, warn], [["sh: started"], []]);
  },
});

Deno.test({
  name:
    "EventHook runs the program once an object that enters, and not at its frames or when it leaves",
  ignore,
  fn: async () => {
    const { hook, info, warn, lines } = hookOf(
      'echo "$FRAMEWIRE_EVENT $FRAMEWIRE_ID $FRAMEWIRE_LABEL <$FRAMEWIRE_ZONE> $FRAMEWIRE_SEQUENCE"',
    );
    const frame = { sequence: 7, capturedAt: 0, filter: "track", of: "people" };
    const object = { id: 3, label: "person", seconds: 1, path: [[1, 2]] };
    for (
      const found of [
        { ...frame, event: "entered", ...object },
        { ...frame, boxes: [[1, 2, 3, 4]], labels: ["person"], ids: [3] },
        { ...frame, event: "left", ...object },
        { ...frame, event: "entered", ...object, id: 4, zone: "gate" },
      ]
    ) hook.found(found as Detection);
    await lines(2);
    await hook[Symbol.asyncDispose]();
    assertEquals([info, warn], [
      ["sh: entered 3 person <> 7", "sh: entered 4 person <gate> 7"],
      [],
    ]);
  },
});
