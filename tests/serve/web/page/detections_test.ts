import { DetectionGroups, lineOf } from "../../../../lib/serve/web/page/detections.js";
import { timeOfDay } from "../../../../lib/serve/web/page/words.js";
import { assertEquals } from "../../../assert.ts";

const NOON = Date.UTC(2026, 10, 28, 12);
const motion = (seconds: number, boxes: number, filter = "motion") => ({
  ...{ type: "detection", stream: "hall", sequence: seconds, filter },
  ...{ capturedAt: NOON + seconds * 1000, boxes: new Array(boxes).fill([0, 0, 1, 1]) },
});
const at = (seconds: number) => timeOfDay(NOON + seconds * 1000);

/** The lines after these detections, the newest first. */
function linesAfter(detections: object[]): string[] {
  const list = new DetectionGroups();
  for (const detection of detections) list.add(detection);
  return list.groups.map(lineOf);
}

Deno.test("page DetectionGroups makes one group of what one filter reports without a long pause", () => {
  const lines = linesAfter([0, 1, 2, 4.9, 5].map((second, i) => motion(second, i + 1)));
  assertEquals(lines, [`motion, ${at(0)} to ${at(5)}, up to 5 boxes`]);
});

Deno.test("page DetectionGroups begins a new group after three seconds, and for another filter", () => {
  const lines = linesAfter([motion(0, 1), motion(1, 2, "faces"), motion(1, 1), motion(4, 1)]);
  assertEquals(lines, [
    `motion, ${at(4)}, 1 box`,
    `faces, ${at(1)}, 2 boxes`,
    `motion, ${at(0)} to ${at(1)}, 1 box`,
  ]);
});

Deno.test("page DetectionGroups leaves out a detection of nothing, which does not go on with a group", () => {
  assertEquals(linesAfter([motion(0, 0)]), []);
  const lines = linesAfter([motion(0, 1), motion(2, 0), motion(4, 1)]);
  assertEquals(lines, [`motion, ${at(4)}, 1 box`, `motion, ${at(0)}, 1 box`]);
});

Deno.test("page DetectionGroups lists the newest values of a filter that counts nothing", () => {
  const found = (text: string) => ({ filter: "text", capturedAt: NOON, sequence: 1, text });
  assertEquals(linesAfter([found("AB"), found("CD")]), [`text, ${at(0)}, text "CD"`]);
  assertEquals(linesAfter([{ ...motion(0, 2), share: 0.1 }]), [`motion, ${at(0)}, 2 boxes`]);
});

Deno.test("page DetectionGroups says which detection has the most of its group", () => {
  const list = new DetectionGroups();
  const best = [2, 1, 3, 3].map((boxes) => list.add(motion(0, boxes))?.isBest);
  assertEquals(best, [true, false, true, false]);
});

Deno.test("page DetectionGroups is bounded", () => {
  const many = Array.from({ length: 150 }, (_, i) => motion(10 * i, 1));
  assertEquals(linesAfter(many).length, 100);
});

Deno.test("page DetectionGroups lists each object that entered or left, beside the group of its frames", () => {
  const track = (seconds: number, found: object) => ({
    ...{ filter: "track", of: "people", capturedAt: NOON + seconds * 1000, sequence: 1 },
    ...found,
  });
  const frame = { boxes: [[0, 0, 1, 1]], ids: [3], labels: ["person"], scores: [1], age: 20 };
  const object = { id: 3, label: "person", seconds: 4.2, path: [[1, 2], [3, 4]] };
  const lines = linesAfter([
    track(0, { event: "entered", ...object, zone: "gate" }),
    track(0, frame),
    track(1, { event: "left", ...object }),
    track(2, frame),
  ]);
  assertEquals(lines, [
    `person 3 left, ${at(1)}, after 4.2 s`,
    `track of people, ${at(0)} to ${at(2)}, 1 box`,
    `person 3 entered gate, ${at(0)}`,
  ]);
});
