import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { Box } from "../../lib/frame/detection.ts";
import type { Clip } from "../../lib/present/clip.ts";
import { Recorder, type RecorderOptions, splitPath } from "../../lib/present/recorder.ts";
import { UnitChain } from "../../lib/present/unit_chain.ts";
import { placeFrame } from "../frame/place_frame.ts";
import { assertEquals, assertMatch } from "../assert.ts";

const quiet = () => {};
const log = { error: quiet, warn: quiet, info: quiet, debug: quiet };

/** A recorder whose clips are lists of the frames' times. */
function recorder(
  options: Partial<RecorderOptions>,
): { recorder: Recorder; clips: number[][]; names: string[] } {
  const clips: number[][] = [];
  const names: string[] = [];
  const open = (name: string): Promise<Clip> => {
    names.push(name);
    const times: number[] = [];
    clips.push(times);
    return Promise.resolve({
      progress: { seconds: 0, bytes: 0, frames: times.length },
      write: ({ capturedAt }) => Promise.resolve(times.push(capturedAt) > 0),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  };
  const all = {
    segment: undefined,
    keep: undefined,
    on: undefined,
    before: 1,
    after: 1,
    stills: false,
    log,
  };
  return { recorder: new Recorder("x.gray", open, { ...all, ...options }), clips, names };
}

const find = (capturedAt: number, boxes: Box[] = [[0, 0, 1, 1]], filter = "motion") => ({
  ...{ sequence: 0, capturedAt, filter, boxes },
});

Deno.test("Recorder begins a new clip after `segment` seconds of frames", async () => {
  const { recorder: record, clips } = recorder({ segment: 2 });
  for (let time = 0; time <= 5000; time += 500) {
    await record.write(placeFrame({ capturedAt: time }));
  }
  await record.close();
  assertEquals(clips, [[0, 500, 1000, 1500], [2000, 2500, 3000, 3500], [4000, 4500, 5000]]);
});

Deno.test("Recorder writes the frames before and after a detection, in one clip for detections in sequence", async () => {
  const { recorder: record, clips } = recorder({ on: "motion", before: 1, after: 1 });
  for (let time = 0; time <= 12_000; time += 500) {
    if (time === 3000 || time === 3500 || time === 9000) record.found(find(time));
    record.found(find(time, [])); // nothing
    record.found(find(time, undefined, "faces")); // another filter's
    await record.write(placeFrame({ capturedAt: time }));
  }
  await record.close();
  assertEquals(clips, [
    [2000, 2500, 3000, 3500, 4000, 4500],
    [8000, 8500, 9000, 9500, 10_000],
  ]);
});

Deno.test("Recorder writes frames around a label, of any filter", async () => {
  const { recorder: record, clips } = recorder({ on: "person", before: 1, after: 1 });
  for (let time = 0; time <= 8000; time += 500) {
    record.found({
      ...find(time, undefined, "detect"),
      labels: time === 4000 ? ["person"] : ["dog"],
    });
    await record.write(placeFrame({ capturedAt: time }));
  }
  await record.close();
  assertEquals(clips, [[3000, 3500, 4000, 4500, 5000]]);
});

Deno.test("Recorder begins a second clip, with its time in the name, where the H.264 that it copies changes", async () => {
  const chain = new UnitChain();
  const { recorder: record, clips, names } = recorder({ chain });
  for (let number = 0; number < 12; number++) {
    if (number === 8) continue; // missing: what follows cannot be decoded
    const isKey = number % 5 === 0;
    const bytes = new Uint8Array([
      0,
      0,
      0,
      1,
      ...(isKey ? [0x67, 1, 1, 1, number < 10 ? 1 : 2] : [0x41]),
    ]);
    const unit = { bytes, isKey, size: { width: 4, height: 3 }, sequence: 0, capturedAt: 0 };
    await record.write({ ...placeFrame({ capturedAt: number }), encoded: { unit, number } });
  }
  await record.close();
  assertEquals(clips, [[0, 1, 2, 3, 4, 5, 6, 7], [10, 11]]);
  assertEquals(names[0], "x.gray");
  assertMatch(names[1] ?? "", /^x_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d\.gray$/);
});

Deno.test("Recorder keeps at most 256 MB of frames before a detection", async () => {
  const { recorder: record, clips } = recorder({ on: "motion", before: 3600 });
  const format = grayFormat({ width: 4096, height: 4096 });
  const pixels = new Uint8Array(2 ** 24);
  for (let time = 0; time < 40; time++) {
    await record.write({ format, pixels, sequence: time, capturedAt: time });
  }
  record.found(find(40));
  await record.write({ format, pixels, sequence: 40, capturedAt: 40 });
  await record.close();
  assertEquals(clips[0]!.length, 16 + 1);
});

for (
  const [path, os, directory, base] of [
    ["out/clip_%3d.gray", "linux", "out/", "clip_%3d.gray"],
    ["clip.gray", "linux", "", "clip.gray"],
    ["out\\clip.gray", "linux", "", "out\\clip.gray"],
    ["C:\\out\\clip_%3d.gray", "windows", "C:\\out\\", "clip_%3d.gray"],
    [".\\out/clip.gray", "windows", ".\\out/", "clip.gray"],
    ["clip.gray", "windows", "", "clip.gray"],
  ] as const
) {
  Deno.test(`splitPath() finds the directory of ${path} on ${os}`, () => {
    assertEquals(splitPath(path, os), [directory, base]);
  });
}

Deno.test("Recorder records what a filter finds also behind track, and the objects of track", async () => {
  for (const on of ["motion", "track"]) {
    const { recorder: record, clips } = recorder({ on, before: 1, after: 1 });
    for (let time = 0; time <= 10_000; time += 1000) {
      const boxes: Box[] = time === 5000 ? [[0, 0, 1, 1]] : [];
      record.found({ ...find(time, boxes, "track"), of: "motion" });
      if (time === 9000) record.found({ ...find(time, [], "track"), event: "left", id: 1 });
      await record.write(placeFrame({ capturedAt: time }));
    }
    await record.close();
    assertEquals(clips, [[4000, 5000, 6000]]);
  }
});
