/** Tests Follower: reports of a detector in, reports and events of objects out. */

import { assertEquals } from "../../assert.ts";
import type { Box, Report } from "../../../lib/frame/detection.ts";
import { Follower } from "../../../lib/vision/tracking/follower.ts";

const STEP = 40;

function follower(options = {}): Follower {
  return new Follower({ iou: 0.3, keep: 1, hits: 1, score: 0, zone: [], ...options });
}

const facts = (i: number) => ({ sequence: i, capturedAt: i * STEP });
const of = (i: number, filter = "people") => ({ ...facts(i), filter });

Deno.test("Follower.report() has no report before the first result, and then one for each frame", () => {
  const follow = follower();
  assertEquals(follow.report(facts(0)), undefined);
  follow.observe({ boxes: [] }, of(0));
  assertEquals(follow.report(facts(1))?.report, {
    ...{ of: "people", boxes: [], labels: [], ids: [], age: STEP },
  });
});

Deno.test("Follower.report() has the detector's own box on its frame, and moves it with its age on later ones", () => {
  const follow = follower();
  for (let i = 0; i <= 20; i += 5) follow.observe({ boxes: [[4 * i, 10, 40, 80]] }, of(i));
  assertEquals(follow.report(facts(20))?.report, {
    ...{ of: "people", boxes: [[80, 10, 40, 80]], labels: ["person"], ids: [1] },
  });
  const later = follow.report(facts(25))!.report;
  assertEquals([later.age, later.ids], [200, [1]]);
  const [[x, ...rest]] = later.boxes as [Box];
  assertEquals([Math.abs(x - 100) <= 2, rest], [true, [10, 40, 80]]);
});

Deno.test("Follower.report() takes labels and scores of the detector, and passes on its other values once", () => {
  const follow = follower();
  const boxes: Box[] = [[0, 0, 30, 30], [100, 0, 30, 30]];
  const report: Report = {
    boxes,
    ...{
      labels: ["dog", "cat"],
      scores: [0.8, 0.9],
      share: 0.5,
      faces: [[1, 1, 9, 9], [2, 2, 9, 9]],
    },
  };
  follow.observe(report, of(0, "detect"));
  assertEquals(follow.report(facts(0))?.report, {
    ...{ share: 0.5, faces: report.faces, of: "detect", boxes, labels: ["dog", "cat"] },
    ...{ scores: [0.8, 0.9], ids: [1, 2] },
  });
  assertEquals(follow.report(facts(1))?.report.share, undefined);
});

Deno.test("Follower.observe() takes what a user's filter reports, whatever its labels and scores are", () => {
  const follow = follower();
  const odd = { labels: [7, null], scores: "x" } as unknown as Report;
  follow.observe({ boxes: [[0, 0, 30, 30]], ...odd }, of(0, "mine.js"));
  const { report } = follow.report(facts(0))!;
  assertEquals([report.labels, report.scores], [["mine"], [1]]);
});

Deno.test("Follower.takeEvents(): entered when confirmed, left when gone or at the end, each once", () => {
  const follow = follower({ hits: 3, keep: 0.1 });
  const told: unknown[][] = [];
  for (let i = 0; i < 20; i++) {
    const boxes: Box[] = i < 10 ? [[5 * i, 10, 30, 30]] : i < 15 ? [] : [[200, 99, 30, 30]];
    follow.observe({ boxes }, of(i));
    follow.report(facts(i));
    for (const { event, id, seconds } of follow.takeEvents()) told.push([i, event, id, seconds]);
  }
  follow.end();
  for (const { event, id, seconds } of follow.takeEvents()) told.push([event, id, seconds]);
  assertEquals(told, [
    [2, "entered", 1, 0.08],
    [12, "left", 1, 0.36],
    [17, "entered", 2, 0.08],
    ["left", 2, 0.16],
  ]);
});

Deno.test("Follower.report() moves the points of a face with its box", () => {
  const follow = follower();
  const face = (x: number): Report => ({
    boxes: [[200, 0, 30, 30], [x, 10, 40, 40]],
    landmarks: [[[210, 5]], [[x + 10, 20], [x + 30, 20]]],
  });
  for (let i = 0; i <= 20; i += 5) follow.observe(face(4 * i), of(i, "detect"));
  const points = (i: number) =>
    follow.report(facts(i))!.report.landmarks as unknown as number[][][];
  assertEquals(points(20), [[[210, 5]], [[90, 20], [110, 20]]]);
  const [[[still]], [[left], [right]]] = points(25) as [[[number]], [[number], [number]]];
  assertEquals(still, 210);
  assertEquals([Math.abs(left - 110) <= 2, right - left], [true, 20]);
});

Deno.test("Follower.observe() ignores boxes without an area, and beyond any picture", () => {
  const follow = follower();
  const boxes: Box[] = [[0, 0, -5, 5], [0, 0, 0, 9], [1e300, 0, 9, 9], [0, 0, 1e300, 9], [
    7,
    7,
    9,
    9,
  ]];
  for (let i = 0; i < 3; i++) follow.observe({ boxes }, of(i));
  assertEquals(follow.report(facts(2))?.report.boxes, [[7, 7, 9, 9]]);
});
