import { assert, assertEquals, assertLessOrEqual, assertThrows } from "../assert.ts";
import { cv } from "../../lib/vision/cv.ts";
import { blur } from "../../lib/vision/filters/blur.ts";
import { clahe } from "../../lib/vision/filters/clahe.ts";
import { diff } from "../../lib/vision/filters/diff.ts";
import { edges } from "../../lib/vision/filters/edges.ts";
import { equalize } from "../../lib/vision/filters/equalize.ts";
import { median } from "../../lib/vision/filters/median.ts";
import { text, timeOfDay } from "../../lib/vision/filters/text.ts";
import { threshold } from "../../lib/vision/filters/threshold.ts";
import { options, picture, pixels, Running, square } from "./run_filter.ts";

const SIZE = { width: 33, height: 17 };

Deno.test("edges draws the border of a square, and nothing inside or far from it", () => {
  using filter = new Running(edges, SIZE);
  using input = square(SIZE, [10, 4, 12, 9]);
  using output = filter.process(input);
  const at = (x: number, y: number) => output.data[y * SIZE.width + x]!;
  assertEquals(Math.max(at(9, 8), at(10, 8)), 255);
  assertEquals(Math.max(at(16, 3), at(16, 4)), 255);
  assertEquals(at(16, 8), 0);
  assertEquals(at(28, 8), 0);
});

Deno.test("blur spreads a point over the kernel, and not further", () => {
  using filter = new Running(blur, SIZE, { kernel: "5" });
  using mat = square(SIZE, [16, 8, 1, 1]);
  filter.process(mat);
  const row = [...mat.data.subarray(8 * SIZE.width, 9 * SIZE.width)];
  assertEquals(row.map((gray) => gray > 0).indexOf(true), 14);
  assertEquals(row.map((gray) => gray > 0).lastIndexOf(true), 18);
  assert(row[16]! > row[15]! && row[15]! > row[14]!);
});

Deno.test("blur and median reject an even kernel", () => {
  assertThrows(() => options(blur, { kernel: "4" }), RangeError, "expected an odd number");
  assertThrows(() => options(median, { kernel: "4" }), RangeError, "expected an odd number");
});

Deno.test("median removes a speck and keeps an edge sharp", () => {
  using filter = new Running(median, SIZE, { kernel: "3" });
  using speck = square(SIZE, [5, 5, 1, 1]);
  filter.process(speck);
  assertEquals(cv.countNonZero(speck), 0);
  using half = square(SIZE, [16, 0, 17, 17]);
  const before = pixels(half);
  filter.process(half);
  assertEquals(pixels(half), before);
});

Deno.test("equalize spreads a narrow range from black to white", () => {
  using filter = new Running(equalize, SIZE);
  using mat = picture(SIZE, (x) => 100 + x);
  filter.process(mat);
  assertEquals([Math.min(...mat.data), Math.max(...mat.data)], [0, 255]);
});

Deno.test("clahe increases the contrast of each part, more with a higher clip", () => {
  const size = { width: 64, height: 64 };
  const range = (clip: string) => {
    using filter = new Running(clahe, size, { clip, tiles: "2" });
    using mat = picture(size, (x, y) => (x < 32 ? 40 : 200) + (x + y) % 8);
    filter.process(mat);
    const left = mat.data.subarray(0, 16);
    return Math.max(...left) - Math.min(...left);
  };
  assert(range("4") > 7, `${range("4")}`);
  assert(range("40") > range("4"), `${range("40")}`);
});

Deno.test("threshold makes the level itself white, and inverts", () => {
  const run = (given: Record<string, string>) => {
    const size = { width: 4, height: 1 };
    using filter = new Running(threshold, size, given);
    using mat = picture(size, (x) => [0, 99, 100, 255][x]!);
    filter.process(mat);
    return pixels(mat);
  };
  assertEquals(run({ level: "100" }), [0, 0, 255, 255]);
  assertEquals(run({ level: "100", invert: "1" }), [255, 255, 0, 0]);
  assertEquals(run({ level: "0" }), [255, 255, 255, 255]);
});

Deno.test("threshold finds Otsu's level between two grays", () => {
  using filter = new Running(threshold, SIZE, { mode: "otsu" });
  using mat = picture(SIZE, (x) => x < 20 ? 30 : 60);
  filter.process(mat);
  assertEquals(pixels(mat), pixels(mat).map((_, at) => at % SIZE.width < 20 ? 0 : 255));
});

Deno.test("threshold adapts to uneven light", () => {
  const spots = (given: Record<string, string>) => {
    using filter = new Running(threshold, SIZE, { mode: "adaptive", invert: "1", ...given });
    // A brightness gradient, with a darker spot at each end.
    using mat = picture(SIZE, (x, y) => 20 + 6 * x - (y === 8 && (x === 4 || x === 28) ? 15 : 0));
    filter.process(mat);
    return pixels(mat).flatMap((gray, at) => gray ? [[at % SIZE.width, at / SIZE.width | 0]] : []);
  };
  assertEquals(spots({ block: "5", offset: "8" }), [[4, 8], [28, 8]]);
  assertEquals(spots({ block: "5", offset: "30" }), []);
});

Deno.test("diff is black at first, then shows what appeared and disappeared", () => {
  using filter = new Running(diff, SIZE);
  const run = (box: number[]) => {
    using mat = square(SIZE, box);
    filter.process(mat);
    return pixels(mat).flatMap((gray, at) => gray ? [at] : []);
  };
  assertEquals(run([3, 0, 1, 1]), []);
  assertEquals(run([5, 0, 1, 1]), [3, 5]);
  assertEquals(run([5, 0, 1, 1]), []);
});

Deno.test("text writes white letters with black rims at x, y, and nothing without a text", () => {
  const size = { width: 200, height: 40 };
  const none = { clock: "0", sequence: "0" };
  const run = (given: Record<string, string>, ground: number) => {
    using filter = new Running(text, size, given);
    using mat = picture(size, () => ground);
    filter.process(mat);
    return pixels(mat);
  };
  assertEquals(new Set(run(none, 77)), new Set([77]));
  const written = run({ ...none, text: "AB", x: "50", y: "10", scale: "1" }, 128);
  assert(Math.min(...written) < 64 && Math.max(...written) > 192);
  const touched = written.flatMap((gray, at) => gray === 128 ? [] : [at]);
  const columns = touched.map((at) => at % size.width);
  const rows = touched.map((at) => Math.floor(at / size.width));
  assert(Math.min(...columns) >= 47 && Math.max(...columns) < 95, `${columns}`);
  assert(Math.min(...rows) >= 7 && Math.max(...rows) <= 36, `${rows}`);
  assert(Math.min(...run({ ...none, text: "AB" }, 255)) < 64);
  assert(Math.max(...run({ ...none, text: "AB" }, 0)) > 192);
});

Deno.test("text writes the clock and the sequence, which change with each frame", () => {
  const size = { width: 200, height: 30 };
  for (const given of [{ clock: "1", sequence: "0" }, { clock: "0", sequence: "1" }]) {
    using filter = new Running(text, size, given);
    using first = square(size, [0, 0, 0, 0]);
    using second = square(size, [0, 0, 0, 0]);
    filter.process(first, 1000);
    filter.process(second, 1007);
    using changed = new cv.Mat();
    cv.absdiff(first, second, changed);
    assert(cv.countNonZero(changed) > 0, JSON.stringify(given));
    assertLessOrEqual(cv.countNonZero(changed), cv.countNonZero(first));
  }
});

Deno.test("timeOfDay() writes two digits, and three for milliseconds", () => {
  assertEquals(timeOfDay(new Date(2024, 0, 2, 3, 4, 5, 6).getTime() + 0.7), "03:04:05.006");
  assertEquals(timeOfDay(new Date(2024, 0, 2, 23, 59, 59, 999).getTime()), "23:59:59.999");
});
