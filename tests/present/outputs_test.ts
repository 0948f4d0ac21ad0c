import { Outputs } from "../../lib/present/outputs.ts";
import { Records } from "../../lib/present/records.ts";
import { Failure } from "../../lib/log/failure.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals, assertThrows } from "../assert.ts";

const quiet = () => {};

function outputs() {
  const errors: string[] = [];
  let stops = 0;
  const log = {
    error: (line: string) => errors.push(line),
    warn: quiet,
    info: quiet,
    debug: quiet,
  };
  return {
    ...{ errors, log },
    stops: () => stops,
    outputs: new Outputs({ log, stop: () => stops++ }),
  };
}

Deno.test("Outputs.judge() throws a failure whatever other outputs there are", async () => {
  const { outputs: all, errors, stops } = outputs();
  all.add();
  all.add();
  const fail = () => Promise.reject(new Failure("the disk is full", "make room"));
  assertEquals(await all.write(fail), false);
  assertEquals(await all.write(() => Promise.resolve(true)), true);
  assertEquals([errors, stops()], [["error: the disk is full; the others go on"], 0]);
  assertThrows(() => all.judge(), Failure, "the disk is full");
});

Deno.test("Outputs.judge() throws nothing where outputs have ended well", async () => {
  const { outputs: all, stops } = outputs();
  all.add();
  assertEquals(await all.write(() => Promise.resolve(false)), false); // its reader has gone
  all.judge();
  assertEquals(stops(), 1);
});

Deno.test("Records leave no listener on the signal, and their file whole", async () => {
  const directory = await Deno.makeTempDir();
  try {
    const { signal } = new AbortController();
    const listeners = new Set<unknown>();
    const { addEventListener, removeEventListener } = signal;
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners.add(args[1]);
      addEventListener.apply(signal, args);
    };
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners.delete(args[1]);
      removeEventListener.apply(signal, args);
    };
    const { outputs: all, log } = outputs();
    const none = { segment: undefined, keep: undefined, on: undefined, before: 1, after: 1 };
    const plain = { ...none, codec: undefined, crf: undefined, fps: undefined };
    const size = { width: 4, height: 3 };
    const source = { size, fps: 10, timed: true, losses: () => 0 };
    const files = [`${directory}/a.gray`, `${directory}/a.y4m`];
    {
      await using records = new Records(files, plain, { ...source, outputs: all, signal, log });
      assertEquals([...Deno.readDirSync(directory)], []);
      for (let n = 0; n < 3; n++) {
        await records.write(placeFrame({ sequence: n, capturedAt: n * 200 }));
      }
      assertEquals([records.delivered, listeners.size], [3, 1]);
    }
    assertEquals(listeners.size, 0);
    assertEquals((await Deno.stat(files[0]!)).size, 3 * 12);
    const y4m = await Deno.readTextFile(files[1]!);
    assertEquals(y4m.match(/FRAME\n/g)?.length, 5); // 0.4 s at 10 fps
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});
