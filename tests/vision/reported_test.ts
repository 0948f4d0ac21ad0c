/** Tests the format of reports, in the chain and of each built-in filter. */

import { assertEquals, assertStringIncludes, assertThrows } from "../assert.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import { Chain } from "../../lib/vision/chain.ts";
import type { Report } from "../../lib/frame/detection.ts";
import { filters } from "../../lib/vision/registry.ts";
import { checkReport } from "../../lib/vision/reported.ts";
import type { StagePlan } from "../../lib/vision/stage.ts";
import { noise, picture, Running } from "./run_filter.ts";

const good: Report[] = [
  {},
  { boxes: [] },
  { boxes: [[1, 2, 3, 4]], faces: [[0.5, 0, 1, 1]], lines: [[1, 2, 3, 4]], points: [[1, 2]] },
  { boxes: [[1, 2, 3, 4]], labels: ["cat"], scores: [0.5], ids: [1], landmarks: [[[1, 2]]] },
  { labels: ["cat", "dog"], scores: [0.5, 0.1] },
  { count: 3, level: "7", anything: { nested: [1, "two"] } },
];
for (const report of good) {
  Deno.test(`checkReport() accepts ${JSON.stringify(report)}`, () => checkReport(report));
}

const bad: [report: unknown, words: string][] = [
  [{ points: 7 }, "points is not a list of [x, y]"],
  [{ points: [1, 2] }, "points is not a list of [x, y]"],
  [{ points: [[1, 2, 3]] }, "points is not a list of [x, y]"],
  [{ points: [[1, NaN]] }, "points is not a list of [x, y]"],
  [{ boxes: [[1, 2, 3, "4"]] }, "boxes is not a list of [x, y, width, height]"],
  [{ boxes: { 0: [1, 2, 3, 4] } }, "boxes is not a list of [x, y, width, height]"],
  [{ boxes: null }, "boxes is not a list of [x, y, width, height]"],
  [{ faces: [{ x: 1 }] }, "faces is not a list of [x, y, width, height]"],
  [{ lines: [[1, 2]] }, "lines is not a list of [x1, y1, x2, y2]"],
  [{ boxes: [], labels: ["cat"] }, "labels is not a list of text, one for each box"],
  [{ boxes: [[1, 2, 3, 4]], labels: [7] }, "labels is not a list of text"],
  [{ boxes: [[1, 2, 3, 4]], scores: [1.5] }, "scores is not a list of numbers from 0 to 1"],
  [{ labels: ["cat"], scores: [NaN] }, "scores is not a list of numbers from 0 to 1"],
  [{ boxes: [[1, 2, 3, 4]], ids: [0.5] }, "ids is not a list of whole numbers"],
  [{ boxes: [[1, 2, 3, 4]], landmarks: [[1, 2]] }, "landmarks is not a list of lists of [x, y]"],
  [{ big: 1n }, "an object that fits into JSON"],
  [[1], "an object that fits into JSON"],
  [undefined, "an object that fits into JSON"],
  ["boxes", "an object that fits into JSON"],
];
for (const [report, words] of bad) {
  Deno.test(`checkReport() rejects ${Deno.inspect(report)}`, () => {
    assertThrows(() => checkReport(report), TypeError, words);
  });
}

Deno.test("Chain reports an invalid report once, with the filter's name", async () => {
  const plan: StagePlan = {
    ...{ name: "mine.js", own: true, detector: false, pixels: "gray", removesColor: false },
    start: (_size, report) => ({ process: () => report({ points: 7 }) }),
  };
  const faults: string[] = [];
  const events: unknown[] = [];
  const listener = {
    event: (event: unknown) => events.push(event),
    fault: (message: string) => faults.push(message),
  };
  const chain = new Chain([plan], grayFormat({ width: 4, height: 3 }), listener);
  for (let sequence = 0; sequence < 3; sequence++) {
    await chain.process(new Uint8Array(12), { sequence, capturedAt: 0 });
  }
  await chain.close();
  assertEquals(faults.length, 1, faults.join("\n"));
  assertStringIncludes(faults[0]!, "filter mine.js: report(): points is not a list of [x, y]");
  assertEquals(events, []);
});

for (const definition of filters) {
  Deno.test(`${definition.name} makes valid reports`, () => {
    const size = { width: 64, height: 48 };
    const reports: Report[] = [];
    using filter = new Running(definition, size, {}, {
      color: definition.name === "inrange",
      report: (report) => reports.push(report),
    });
    for (let shift = 0; shift < 3; shift++) {
      filter.feed(picture(size, (x, y) => noise((x + shift) >> 3, y >> 3)));
    }
    for (const report of reports) checkReport(report);
    assertEquals(reports.length > 0, definition.reports !== "", "`reports` says otherwise");
  });
}
