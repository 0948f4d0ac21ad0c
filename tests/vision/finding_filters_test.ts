import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";
import type { Mat } from "../../lib/vision/cv.ts";
import { cv } from "../../lib/vision/cv.ts";
import { drawBoxes, drawLines } from "../../lib/vision/draw.ts";
import type { Box } from "../../lib/frame/detection.ts";
import { contours } from "../../lib/vision/filters/contours.ts";
import { corners } from "../../lib/vision/filters/corners.ts";
import { flow } from "../../lib/vision/filters/flow.ts";
import { lines } from "../../lib/vision/filters/lines.ts";
import { motion } from "../../lib/vision/filters/motion.ts";
import type { Picture } from "../../lib/vision/picture.ts";
import { noise, picture, pixels, Running, square } from "./run_filter.ts";

const SIZE = { width: 160, height: 120 };

function assertNear(found: readonly number[], expected: readonly number[], within: number): void {
  assertEquals(found.length, expected.length);
  found.forEach((value, at) => assertAlmostEquals(value, expected[at]!, within, `${found}`));
}

/** Constant noise with a white box. */
function scene([left, top, width, height]: readonly number[]): Mat {
  return picture(SIZE, (x, y) => {
    const inside = x >= left! && y >= top! && x < left! + width! && y < top! + height!;
    return inside ? 255 : noise(x, y) >> 1;
  });
}

Deno.test("motion reports a box that moves, and nothing in still frames", () => {
  using filter = new Running(motion, SIZE);
  for (let frame = 0; frame < 30; frame++) {
    assertEquals(filter.feed(scene([0, 0, 0, 0])), { boxes: [], share: 0 });
  }
  for (const left of [20, 50, 80, 110]) {
    const { boxes, share } = filter.feed(scene([left, 40, 24, 30]));
    assertEquals(boxes!.length, 1);
    assertNear(boxes![0]!, [left, 40, 24, 30], 3);
    assertAlmostEquals(Number(share), 24 * 30 / (160 * 120), 0.01);
  }
});

Deno.test("motion drops boxes smaller than min, and draws unless draw=0", () => {
  const run = (given: Record<string, string>) => {
    using filter = new Running(motion, SIZE, given);
    for (let frame = 0; frame < 10; frame++) filter.feed(scene([0, 0, 0, 0]));
    using still = scene([60, 40, 12, 12]);
    using mat = still.clone();
    filter.process(mat);
    return { found: filter.reported.boxes!.length, drawn: !equal(mat, still) };
  };
  assertEquals(run({ min: "8" }), { found: 1, drawn: true });
  assertEquals(run({ min: "8", draw: "0" }), { found: 1, drawn: false });
  assertEquals(run({ min: "20" }), { found: 0, drawn: false });
});

Deno.test("motion learns the background from `history` frames", () => {
  const framesUntilStill = (history: string) => {
    using filter = new Running(motion, SIZE, { history });
    for (let frame = 0; frame < 200; frame++) filter.feed(scene([0, 0, 0, 0]));
    for (let frame = 0; frame < 200; frame++) {
      if (filter.feed(scene([60, 40, 24, 24])).boxes!.length === 0) return frame;
    }
    return Infinity;
  };
  assert(framesUntilStill("50") * 2 < framesUntilStill("500"));
});

Deno.test("flow reports the mean motion, and none in still frames", () => {
  using filter = new Running(flow, SIZE);
  const smooth = (x: number, y: number) => 128 + 60 * Math.sin(x / 3) + 60 * Math.cos(y / 4);
  assertEquals(filter.feed(picture(SIZE, smooth)), { dx: 0, dy: 0, count: 0 });
  const still = filter.feed(picture(SIZE, smooth));
  assertEquals([still.dx, still.dy], [0, 0]);
  for (let frame = 1; frame <= 20; frame++) {
    const shifted = picture(SIZE, (x, y) => smooth(x - 2 * frame, y + frame));
    const { dx, dy, count } = filter.feed(shifted);
    assertNear([Number(dx), Number(dy)], [2, -1], 0.15);
    assert(Number(count) >= 40, `frame ${frame}: ${count} points`);
  }
});

Deno.test("flow draws arrows at moving parts, at most `points`, unless draw=0", () => {
  const run = (given: Record<string, string>) => {
    using filter = new Running(flow, SIZE, given);
    filter.feed(square(SIZE, [40, 40, 30, 30]));
    using moved = square(SIZE, [44, 40, 30, 30]);
    const before = pixels(moved);
    filter.process(moved);
    const drawn = pixels(moved).filter((gray, at) => gray !== before[at]).length;
    return { drawn, count: filter.reported.count, dx: filter.reported.dx };
  };
  const { drawn, count, dx } = run({});
  assertEquals([count, dx], [4, 4]);
  assert(drawn > 50, `${drawn}`);
  assert(run({ length: "1" }).drawn < drawn);
  assertEquals(run({ draw: "0" }).drawn, 0);
  assertEquals(run({ points: "2" }).count, 2);
});

Deno.test("flow tracks no points in black frames", () => {
  using filter = new Running(flow, SIZE);
  for (let frame = 0; frame < 3; frame++) {
    assertEquals(filter.feed(square(SIZE, [0, 0, 0, 0])), { dx: 0, dy: 0, count: 0 });
  }
});

Deno.test("lines reports the ends of a line, draws it, and finds none in a black picture", () => {
  using filter = new Running(lines, SIZE);
  assertEquals(filter.feed(square(SIZE, [0, 0, 0, 0])), { lines: [] });
  const { lines: found } = filter.feed(square(SIZE, [20, 60, 100, 60])) as { lines: number[][] };
  const top = found.find(([x1, y1, x2, y2]) => Math.abs(y1! - y2!) <= 1 && x1! < 40 && x2! > 100);
  assertNear(top!, [20, 60, 119, 60], 2);
  using mat = square(SIZE, [20, 60, 100, 60]);
  filter.process(mat);
  const drawn = pixels(mat);
  assertEquals(drawn[62 * SIZE.width + 70], 255);
  assert(drawn.slice(60 * SIZE.width, 62 * SIZE.width).includes(0));
  using quiet = new Running(lines, SIZE, { draw: "0", min: "110" });
  assertEquals(quiet.feed(square(SIZE, [20, 60, 100, 60])), { lines: [] });
});

Deno.test("contours reports boxes of light and dark objects, and drops small ones", () => {
  using filter = new Running(contours, SIZE);
  assertEquals(filter.feed(square(SIZE, [0, 0, 0, 0])), { boxes: [] });
  const things = (light: number, dark: number) =>
    picture(SIZE, (x, y) => {
      if (x >= 20 && x < 50 && y >= 30 && y < 60) return light;
      if (x >= 90 && x < 130 && y >= 30 && y < 50) return dark;
      return x >= 70 && x < 73 && y >= 90 && y < 93 ? light : 120;
    });
  const boxes = filter.feed(things(240, 10)).boxes!.toSorted((a, b) => a[0] - b[0]);
  assertEquals(boxes.length, 2);
  assertNear(boxes[0]!, [20, 30, 30, 30], 2);
  assertNear(boxes[1]!, [90, 30, 40, 20], 2);
  using small = new Running(contours, SIZE, { min: "3", draw: "0" });
  using mat = things(240, 10);
  using input = mat.clone();
  small.process(mat);
  assertEquals(small.reported.boxes!.length, 3);
  assert(equal(mat, input));
});

Deno.test("corners reports the four corners of a square, and none in a black picture", () => {
  using filter = new Running(corners, SIZE);
  assertEquals(filter.feed(square(SIZE, [0, 0, 0, 0])), { points: [] });
  const { points } = filter.feed(square(SIZE, [40, 30, 60, 50])) as { points: number[][] };
  assertEquals(points.length, 4);
  for (const corner of [[40, 30], [99, 30], [40, 79], [99, 79]]) {
    const near = points.find(([x, y]) => Math.hypot(x! - corner[0]!, y! - corner[1]!) < 3);
    assert(near, `${corner} is not among ${points.join(" ")}`);
  }
  using two = new Running(corners, SIZE, { most: "2" });
  assertEquals((two.feed(square(SIZE, [40, 30, 60, 50])).points as []).length, 2);
});

Deno.test("drawBoxes() draws white within black on the outermost pixels, on any background", () => {
  const size = { width: 12, height: 9 };
  for (const ground of [0, 128, 255]) {
    using mat = picture(size, () => ground);
    drawBoxes(cv, grayPicture(mat), [[3, 2, 6, 5]]);
    const row = [...mat.data.subarray(4 * 12, 5 * 12)];
    const _ = ground;
    assertEquals(row, [_, _, 0, 255, 0, _, _, 0, 255, 0, _, _]);
    assertEquals(mat.data[2 * 12 + 5], 255);
    assertEquals(mat.data[6 * 12 + 5], 255);
  }
});

Deno.test("drawBoxes() and drawLines() clip shapes at the picture's edges", () => {
  using mat = square({ width: 4, height: 3 }, [0, 0, 0, 0]);
  const boxes: Box[] = [[-50, -50, 20, 20], [-5, -5, 100, 100], [1e6, 1e6, 10, 10], [
    2.4,
    1.6,
    0,
    0,
  ]];
  drawBoxes(cv, grayPicture(mat), boxes.slice(0, 3));
  drawLines(cv, grayPicture(mat), [[{ x: -9, y: -9 }, { x: -2, y: 90 }]]);
  assertEquals(cv.countNonZero(mat), 0);
  drawBoxes(cv, grayPicture(mat), boxes);
});

function grayPicture(gray: Mat): Picture {
  return { gray, chroma: undefined };
}

function equal(a: Mat, b: Mat): boolean {
  using difference = new cv.Mat();
  cv.absdiff(a, b, difference);
  return cv.countNonZero(difference) === 0;
}
