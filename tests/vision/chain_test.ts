/** Tests Chain with filters of the test. */

import { assertEquals } from "../assert.ts";
import type { Detection } from "../../lib/frame/detection.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Chain } from "../../lib/vision/chain.ts";
import { cv, type Mat } from "../../lib/vision/cv.ts";
import type { Report } from "../../lib/frame/detection.ts";
import type { Filter } from "../../lib/vision/filter.ts";
import type { StagePlan } from "../../lib/vision/stage.ts";

const FORMAT = grayFormat({ width: 4, height: 3 });
const PIXELS = Array.from({ length: 12 }, (_, i) => i);

function stage(
  process: (mat: Mat, report: (report: Report) => void) => Mat | void,
  own = true,
): StagePlan {
  return {
    ...{ name: "test", own, detector: false, pixels: "gray", removesColor: false },
    start: (_size, report): Filter => ({ process: (mat) => process(mat, report) }),
  };
}

async function run(plans: StagePlan[], times = 1) {
  const events: Detection[] = [];
  const faults: string[] = [];
  const chain = new Chain(plans, FORMAT, {
    event: (event) => events.push(event),
    fault: (message) => faults.push(message),
  });
  let pixels: number[] = [];
  for (let sequence = 0; sequence < times; sequence++) {
    pixels = [...await chain.process(Uint8Array.from(PIXELS), { sequence, capturedAt: 7 })];
  }
  await chain.close();
  return { pixels, events, faults, output: chain.output };
}

const half = stage((mat) => {
  const small = new cv.Mat();
  cv.resize(mat, small, new cv.Size(2, 1), 0, 0, cv.INTER_NEAREST);
  return small;
});

Deno.test("Chain.process() applies filters in order, in place or with a returned Mat", async () => {
  const add = stage((mat) => mat.data.forEach((value, i) => mat.data[i] = value + 1));
  const double = stage((mat) => {
    const result = mat.clone();
    result.data.forEach((value, i) => result.data[i] = value * 2);
    return result;
  });
  assertEquals((await run([add, double])).pixels, PIXELS.map((value) => (value + 1) * 2));
  assertEquals((await run([double, add])).pixels, PIXELS.map((value) => value * 2 + 1));
});

Deno.test("Chain.output has the size after the filters, and boxes are mapped to the source frame", async () => {
  const find = stage((_mat, report) => report({ boxes: [[1, 0, 1, 1]], why: "test" }));
  const { output, pixels, events } = await run([half, find]);
  assertEquals([output, pixels.length], [grayFormat({ width: 2, height: 1 }), 2]);
  assertEquals(events, [
    { sequence: 0, capturedAt: 7, filter: "test", boxes: [[2, 0, 2, 3]], why: "test" },
  ]);
});

for (
  const [what, filter, words] of [
    ["throws after it changed the Mat", (mat: Mat) => {
      mat.data.fill(9);
      throw new Error("oops");
    }, "oops"],
    ["throws an OpenCV number", (mat: Mat) => cv.medianBlur(mat, mat, 4), "OpenCV: "],
    ["returns no Mat", () => "x" as unknown as Mat, "something that is not a Mat"],
    ["returns a Mat of floats", () => new cv.Mat(3, 4, cv.CV_32FC1), "not gray"],
    ["deletes its Mat", (mat: Mat) => mat.delete(), "it deleted the Mat"],
  ] as const
) {
  Deno.test(`Chain.process() continues with the unfiltered frame if a filter ${what}, and reports it once`, async () => {
    // The first call is the chain's black picture; it succeeds.
    let calls = 0;
    const faulty = stage((mat) => ++calls > 1 ? filter(mat) : undefined);
    const { pixels, faults } = await run([faulty], 3);
    assertEquals(pixels, PIXELS);
    assertEquals(faults.length, 1);
    assertEquals(faults[0]?.includes(words), true, faults[0]);
  });
}

Deno.test("Chain.process() accepts a filter that changes the size in place", async () => {
  const inPlace = stage((mat) => cv.resize(mat, mat, new cv.Size(2, 1), 0, 0, cv.INTER_NEAREST));
  const { pixels, faults, output } = await run([inPlace], 3);
  assertEquals([output, pixels.length, faults], [grayFormat({ width: 2, height: 1 }), 2, []]);
});

for (const [what, found] of [["nothing", undefined], ["a BigInt", { a: 1n }]] as const) {
  Deno.test(`Chain.process() treats a report of ${what} as a fault`, async () => {
    let calls = 0;
    const faulty = stage((_mat, report) =>
      void (++calls > 1 && report(found as unknown as Report))
    );
    const { faults, events } = await run([faulty]);
    assertEquals([faults.length, events], [1, []]);
    assertEquals(faults[0]?.includes("JSON"), true, faults[0]);
  });
}

Deno.test("Chain.process() scales the frame if a filter changes its size later, and reports it", async () => {
  let calls = 0;
  const fickle = stage(() => ++calls > 2 ? new cv.Mat(1, 1, cv.CV_8UC1, [5, 0, 0, 0]) : undefined);
  const { pixels, faults } = await run([fickle], 3);
  assertEquals(pixels, Array(12).fill(5));
  assertEquals(faults, ["filter test: it changed its size from 4x3; it is scaled to that"]);
});

Deno.test("Chain.process() keeps the announced size if a filter that changes the size fails", async () => {
  let calls = 0;
  const faulty = stage((mat) => {
    if (++calls > 1) throw new Error("oops");
    const small = new cv.Mat();
    cv.resize(mat, small, new cv.Size(2, 1));
    return small;
  });
  assertEquals((await run([faulty])).pixels.length, 2);
});

Deno.test("Chain.process() leaves out a filter after 100 failures in a row, and reports it", async () => {
  let calls = 0;
  const faulty = stage(() => {
    if (++calls > 1) throw new Error(`oops`);
  });
  const { faults, pixels } = await run([faulty], 200);
  assertEquals(calls, 101);
  assertEquals(faults[1], "filter test: left out, it failed 100 times in a row");
  assertEquals(pixels, PIXELS);
});
