import { assertEquals } from "../assert.ts";
import { compose, IDENTITY, moveBox, moveReport } from "../../lib/vision/affine.ts";
import type { Affine } from "../../lib/vision/filter.ts";

const shift: Affine = [1, 0, 10, 0, 1, 20];
const double: Affine = [2, 0, 0, 0, 2, 0];

Deno.test("moveBox() shifts and scales a box", () => {
  assertEquals(moveBox([1, 2, 3, 4], IDENTITY), [1, 2, 3, 4]);
  assertEquals(moveBox([1, 2, 3, 4], shift), [11, 22, 3, 4]);
  assertEquals(moveBox([1, 2, 3, 4], double), [2, 4, 6, 8]);
});

Deno.test("moveBox() gives the upright box around a turned one", () => {
  const quarter: Affine = [0, -1, 100, 1, 0, 0]; // x' = 100 - y, y' = x
  assertEquals(moveBox([10, 20, 30, 40], quarter), [40, 10, 40, 30]);
});

Deno.test("compose() applies the inner map first", () => {
  assertEquals(moveBox([1, 1, 1, 1], compose(shift, double)), [12, 22, 2, 2]);
  assertEquals(moveBox([1, 1, 1, 1], compose(double, shift)), [22, 42, 2, 2]);
});

Deno.test("moveReport() moves boxes, faces, lines and points, and keeps other fields", () => {
  const report = {
    boxes: [[1, 1, 2, 2]] as [number, number, number, number][],
    faces: [[0, 0, 1, 1]],
    lines: [[0, 0, 3, 1]],
    points: [[2, 2]],
    share: 0.5,
  };
  assertEquals(moveReport(report, shift), {
    boxes: [[11, 21, 2, 2]],
    faces: [[10, 20, 1, 1]],
    lines: [[10, 20, 13, 21]],
    points: [[12, 22]],
    share: 0.5,
  });
  assertEquals(moveReport({ points: 7 }, shift), { points: 7 });
});
