import { Records, type RecordsOptions } from "../../lib/present/records.ts";
import { Failure } from "../../lib/log/failure.ts";
import type { FrameFormat } from "../../lib/frame/frame_format.ts";
import { formatY4mHeader } from "../../lib/wire/y4m.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals, assertRejects, assertStringIncludes } from "../assert.ts";
import { keptLog } from "../log/kept_log.ts";
import { MemoryStream } from "../stream/memory_stream.ts";

const always: RecordsOptions = {
  ...{ segment: undefined, keep: undefined, on: undefined, before: 1, after: 1 },
  ...{ codec: undefined, crf: undefined, pixels: "gray", fps: undefined },
};

/** Records in a directory that is removed afterwards, on a stub of a stream. */
async function withRecords(
  names: string[],
  test: (scope: {
    files: string[];
    directory: string;
    stream: MemoryStream;
    running: Promise<void>;
    controller: AbortController;
    failures: Failure[];
    info: string[];
  }) => Promise<void>,
  { format, ...options }: Partial<RecordsOptions> & { format?: FrameFormat } = {},
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const files = names.map((name) => name.startsWith("/") ? name : `${directory}/${name}`);
    const failures: Failure[] = [];
    const { log, info } = keptLog();
    const source = { announced: 10, timed: true, losses: () => 0 };
    const report = (failure: Failure) => void failures.push(failure);
    const records = new Records(files, { ...always, ...options }, { ...source, report, log });
    const stream = new MemoryStream(format);
    const controller = new AbortController();
    const running = records.run(stream, { signal: controller.signal });
    await test({ files, directory, stream, running, controller, failures, info });
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("Records.run() creates files with their first frame, and completes them at the end", () =>
  withRecords(["a.gray", "a.y4m"], async ({ files, directory, stream, running }) => {
    assertEquals([...Deno.readDirSync(directory)], []);
    for (let n = 0; n < 3; n++) await stream.put(placeFrame({ sequence: n, capturedAt: n * 200 }));
    stream.frames.end();
    await running;
    await stream.put(placeFrame()); // too late
    assertEquals((await Deno.stat(files[0]!)).size, 3 * 12);
    const y4m = await Deno.readTextFile(files[1]!);
    assertEquals(y4m.match(/FRAME\n/g)?.length, 5); // 0.4 s at 10 fps
  }));

Deno.test("Records.run() writes the colors of a stream, of an odd size too, to .y4m and .raw", () => {
  const format = { width: 5, height: 3, pixels: "yuv420p" } as const;
  return withRecords(["a.raw", "a.y4m"], async ({ files, stream, running }) => {
    const frames = [0, 1].map((n) => placeFrame({ ...format, sequence: n, capturedAt: n * 100 }));
    for (const frame of frames) await stream.put(frame);
    stream.frames.end();
    await running;
    const [raw, y4m] = await Promise.all(files.map((file) => Deno.readFile(file)));
    assertEquals([...raw!], frames.flatMap(({ pixels }) => [...pixels]));
    const head = new TextEncoder().encode(formatY4mHeader(format, { fps: 10 }));
    const line = new TextEncoder().encode("FRAME\n");
    assertEquals([...y4m!], [
      ...head,
      ...frames.flatMap(({ pixels }) => [...line, ...pixels]),
    ]);
  }, { format, pixels: "yuv420p" });
});

Deno.test("Records.run() completes the files on abort", () =>
  withRecords(["a.gray"], async ({ files, stream, running, controller }) => {
    const write = stream.put(placeFrame());
    controller.abort();
    await running;
    await write;
    await stream.put(placeFrame()); // too late
    assertEquals((await Deno.stat(files[0]!)).size, 12);
  }));

Deno.test({
  name: "Records.run() reports a record that fails, and the others continue",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: () =>
    withRecords(["/dev/full", "a.gray"], async ({ files, stream, running, failures }) => {
      await stream.put(placeFrame());
      await stream.put(placeFrame());
      stream.frames.end();
      await running;
      assertEquals(failures.map(({ message }) => message), [
        'Cannot write to "/dev/full" after 0 frames: the disk is full',
      ]);
      assertEquals((await Deno.stat(files[1]!)).size, 24);
    }),
});

Deno.test({
  name: "Records.run() throws the failure of the last record, while the stream continues",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: () =>
    withRecords(["/dev/full"], async ({ stream, running, failures }) => {
      const thrown = assertRejects(() => running, Failure, "the disk is full");
      await stream.put(placeFrame());
      await thrown;
      assertEquals(failures, []);
    }),
});

Deno.test("Records.run() with `on` says so where nothing was recorded", () =>
  withRecords(["a.gray"], async ({ stream, running, info }) => {
    await stream.put(placeFrame());
    stream.detections.put({ sequence: 0, capturedAt: 0, filter: "motion", boxes: [] });
    stream.frames.end();
    await running;
    assertEquals(info.length, 1);
    assertStringIncludes(info[0]!, "nothing recorded to ");
    assertStringIncludes(info[0]!, ": motion found nothing");
  }, { on: "motion" }));

Deno.test("Records.run() leaves no listener on the signal", () =>
  withRecords(["a.gray"], async ({ stream, running, controller: { signal } }) => {
    const left = new Set<unknown>();
    signal.removeEventListener = (_: string, listener: unknown) => void left.add(listener);
    stream.frames.end();
    await running;
    assertEquals(left.size, 2); // what hurries the records, and the wait for the end
  }));
