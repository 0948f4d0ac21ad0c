/** Tests Tracker and its motion model with a clock of the test. */

import { assert, assertAlmostEquals, assertEquals } from "../../assert.ts";
import type { Box } from "../../../lib/frame/detection.ts";
import { counter } from "../../../lib/vision/tracking/follower.ts";
import { MotionModel } from "../../../lib/vision/tracking/motion_model.ts";
import { type Found, MAX_OBJECTS, Tracker } from "../../../lib/vision/tracking/tracker.ts";

/** Milliseconds between two pictures. */
const STEP = 40;

function trackerOf(options = {}): Tracker {
  const usual = { iou: 0.3, keepMs: 1000, hits: 1, score: 0, nextId: counter() };
  return new Tracker({ ...usual, ...options });
}

function found(boxes: readonly Box[], { label = "thing", score = 1 } = {}): Found[] {
  return boxes.map((box, index) => ({ box, label, score, index }));
}

/** The numbers of the visible objects, by the left edges of their boxes. */
function idsAt(tracker: Tracker, at: number): number[] {
  return tracker.visible.toSorted((a, b) => a.motion.boxAt(at)[0] - b.motion.boxAt(at)[0])
    .map(({ id }) => id);
}

Deno.test("MotionModel learns a speed, and moves the box of the last detection", () => {
  const model = new MotionModel([0, 50, 20, 20], 0);
  for (let i = 1; i <= 25; i++) model.correct([4 * i, 50, 20, 20], i * STEP);
  assertAlmostEquals(model.speed[0], 100, 1);
  assertAlmostEquals(model.speed[1], 0, 1);
  assertEquals(model.boxAt(25 * STEP), [100, 50, 20, 20]);
  assertAlmostEquals(model.boxAt(25 * STEP + 500)[0], 150, 1);
});

Deno.test("MotionModel takes two detections of one moment, and an earlier one, without a speed from them", () => {
  const model = new MotionModel([0, 0, 20, 20], 1000);
  model.correct([10, 0, 20, 20], 1000);
  model.correct([12, 0, 20, 20], 900);
  assertEquals(model.speed, [0, 0]);
});

Deno.test("Tracker keeps the number of an object that moves, and counts from 1", () => {
  const tracker = trackerOf();
  for (let i = 0; i < 50; i++) {
    tracker.observe(found([[3 * i, 10, 30, 30], [200, 100, 30, 30]]), i * STEP);
    assertEquals(tracker.visible.map(({ id }) => id), [1, 2]);
  }
});

Deno.test("Tracker confirms an object after `hits` detections in a row; noise takes no number", () => {
  const tracker = trackerOf({ hits: 3 });
  const seen: number[][] = [];
  for (let i = 0; i < 6; i++) {
    const noise: Box[] = i % 2 === 0 ? [[300, 200, 10, 10]] : [];
    tracker.observe(found([[10, 10, 30, 30], ...noise]), i * STEP);
    seen.push(tracker.visible.map(({ id }) => id));
  }
  assertEquals(seen, [[], [], [1], [1], [1], [1]]);
});

Deno.test("Tracker keeps the number through a gap of less than `keepMs`, with the motion of before", () => {
  for (const [gap, expected] of [[20, 1], [30, 2]] as const) {
    const tracker = trackerOf();
    for (let i = 0; i < 20; i++) tracker.observe(found([[5 * i, 10, 30, 30]]), i * STEP);
    for (let i = 20; i < 20 + gap; i++) {
      tracker.observe([], i * STEP);
      assertEquals(tracker.visible, []);
    }
    const after = 20 + gap;
    tracker.observe(found([[5 * after, 10, 30, 30]]), after * STEP);
    assertEquals(tracker.visible.map(({ id }) => id), [expected]);
    assertEquals(tracker.takeGone().map(({ id }) => id), expected === 1 ? [] : [1]);
  }
});

Deno.test("Tracker keeps the numbers of two objects that cross, each with its own box", () => {
  const tracker = trackerOf();
  for (let i = 0; i < 60; i++) {
    const boxes: Box[] = [[5 * i, 10, 30, 30], [300 - 5 * i, 14, 30, 30]];
    // The detector gives them in another order each time.
    tracker.observe(found(i % 2 ? boxes : boxes.toReversed()), i * STEP);
  }
  assertEquals(idsAt(tracker, 59 * STEP).length, 2);
  const [left, right] = idsAt(tracker, 59 * STEP);
  const first = tracker.visible.find(({ motion }) => motion.speed[0] > 0)!;
  assertEquals([left, right, first.id], [first.id === 1 ? 2 : 1, first.id, right]);
});

Deno.test("Tracker keeps the numbers of two objects that a detector sees as one while they cross", () => {
  const tracker = trackerOf();
  let before: number[] = [];
  for (let i = 0; i < 60; i++) {
    const [a, b]: [Box, Box] = [[5 * i, 10, 30, 30], [300 - 5 * i, 10, 30, 30]];
    const left = Math.min(a[0], b[0]);
    const isOne = Math.abs(a[0] - b[0]) <= 30;
    const one: Box = [left, 10, Math.abs(a[0] - b[0]) + 30, 30];
    tracker.observe(found(isOne ? [one] : [a, b]), i * STEP);
    if (i === 20) before = idsAt(tracker, i * STEP);
    if (i > 2) assertEquals(tracker.visible.length, 2, `picture ${i}`);
  }
  assertEquals(idsAt(tracker, 59 * STEP), before.toReversed());
});

Deno.test("Tracker tells objects apart by their labels", () => {
  const tracker = trackerOf();
  const both = (i: number) => [
    ...found([[i, 10, 30, 30]], { label: "dog" }),
    ...found([[i + 2, 10, 30, 30]], { label: "cat" }),
  ];
  tracker.observe(both(0), 0);
  tracker.observe(both(1).toReversed(), STEP);
  assertEquals(tracker.visible.map(({ id, label }) => [id, label]), [[1, "dog"], [2, "cat"]]);
});

Deno.test("Tracker continues an object with a low score, and starts none with it", () => {
  const tracker = trackerOf({ score: 0.5 });
  tracker.observe(found([[0, 0, 30, 30]], { score: 0.4 }), 0);
  assertEquals(tracker.visible, []);
  tracker.observe(found([[0, 0, 30, 30]], { score: 0.6 }), STEP);
  tracker.observe(found([[1, 0, 30, 30]], { score: 0.2 }), 2 * STEP);
  assertEquals(tracker.visible.map(({ id, score }) => [id, score]), [[1, 0.2]]);
});

Deno.test("Tracker follows what moves further than its size between two results of a slow detector", () => {
  const tracker = trackerOf({ hits: 2, keepMs: 2000 });
  for (let i = 0; i < 6; i++) tracker.observe(found([[40 * i, 10, 30, 60]]), i * 500);
  assertEquals(tracker.visible.map(({ id }) => id), [1]);
  assertAlmostEquals(tracker.visible[0]!.motion.boxAt(2750)[0], 220, 3);
});

Deno.test("Tracker forgets its objects when the clock goes back, and when a detector is silent", () => {
  const tracker = trackerOf();
  tracker.observe(found([[0, 0, 30, 30]]), 10_000);
  tracker.observe(found([[0, 0, 30, 30]]), 0);
  assertEquals(tracker.takeGone().map(({ id }) => id), [1]);
  assertEquals(tracker.visible.map(({ id }) => id), [2]);
  tracker.advance(4000);
  assertEquals(tracker.visible.map(({ id }) => id), [2]);
  tracker.advance(6000);
  assertEquals([tracker.visible, tracker.takeGone().map(({ id }) => id)], [[], [2]]);
});

Deno.test("Tracker does not continue the objects of before a long pause, when the filters did not run", () => {
  const tracker = trackerOf();
  tracker.observe(found([[0, 0, 30, 30]]), 0);
  tracker.observe(found([[0, 0, 30, 30]]), 60_000);
  assertEquals(tracker.visible.map(({ id }) => id), [2]);
  assertEquals(tracker.takeGone().map(({ id }) => id), [1]);
});

Deno.test("Tracker knows at most MAX_OBJECTS, those with the best scores", () => {
  const tracker = trackerOf();
  const many = Array.from({ length: 3 * MAX_OBJECTS }, (_, i): Found => ({
    ...{ box: [40 * (i % 20), 40 * Math.floor(i / 20), 30, 30], label: "thing", index: i },
    score: i < 2 * MAX_OBJECTS ? 0.5 : 0.9,
  }));
  tracker.observe(many, 0);
  assertEquals(tracker.visible.length, MAX_OBJECTS);
  assert(tracker.visible.every(({ score }) => score === 0.9));
});
