import { assertEquals } from "../assert.ts";
import { foundCount } from "../../lib/frame/detection.ts";

const facts = { sequence: 0, capturedAt: 0, filter: "test" };

Deno.test("foundCount() counts boxes, lines or points, and nothing else", () => {
  assertEquals(foundCount({ ...facts, boxes: [[1, 2, 3, 4], [5, 6, 7, 8]], share: 0.5 }), 2);
  assertEquals(foundCount({ ...facts, lines: [[1, 2, 3, 4]] }), 1);
  assertEquals(foundCount({ ...facts, points: [[1, 2], [3, 4], [5, 6]] }), 3);
  assertEquals(foundCount({ ...facts, boxes: [] }), 0);
  assertEquals(foundCount({ ...facts, dx: 1, count: 7 }), 0);
  assertEquals(foundCount({ ...facts, points: 7 }), 0);
});
