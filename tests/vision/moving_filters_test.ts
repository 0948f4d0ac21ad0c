import { assertAlmostEquals, assertEquals } from "../assert.ts";
import { moveBox } from "../../lib/vision/affine.ts";
import type { Mat } from "../../lib/vision/cv.ts";
import type { Affine } from "../../lib/vision/filter.ts";
import { crop } from "../../lib/vision/filters/crop.ts";
import { flip } from "../../lib/vision/filters/flip.ts";
import { resize } from "../../lib/vision/filters/resize.ts";
import { rotate } from "../../lib/vision/filters/rotate.ts";
import { picture, pixels, Running, type Size, square, toSource } from "./run_filter.ts";

const SIZE = { width: 4, height: 3 };

/** The output for a 4x3 picture of the numbers 0 to 11, row by row. */
function numbers(definition: typeof flip | typeof rotate | typeof crop, given: Given): number[][] {
  using filter = new Running(definition, SIZE, given);
  using input = picture(SIZE, (x, y) => 4 * y + x);
  const output = filter.process(input);
  const flat = pixels(output);
  const rows = Array.from({ length: output.rows }, (_, row) => {
    return flat.slice(row * output.cols, (row + 1) * output.cols);
  });
  if (output !== input) output.delete();
  return rows;
}

Deno.test("flip mirrors left and right, top and bottom, or both", () => {
  assertEquals(numbers(flip, {}), [[3, 2, 1, 0], [7, 6, 5, 4], [11, 10, 9, 8]]);
  assertEquals(numbers(flip, { mode: "vertical" }), [[8, 9, 10, 11], [4, 5, 6, 7], [0, 1, 2, 3]]);
  assertEquals(numbers(flip, { mode: "both" }), [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1, 0]]);
});

Deno.test("rotate makes quarter turns clockwise, without loss, and swaps the sides", () => {
  const quarter = [[8, 4, 0], [9, 5, 1], [10, 6, 2], [11, 7, 3]];
  const half = [[11, 10, 9, 8], [7, 6, 5, 4], [3, 2, 1, 0]];
  for (const angle of ["90", "-270", "450"]) assertEquals(numbers(rotate, { angle }), quarter);
  for (const angle of ["180", "-180"]) assertEquals(numbers(rotate, { angle }), half);
  assertEquals(numbers(rotate, { angle: "270" }), [[3, 7, 11], [2, 6, 10], [1, 5, 9], [0, 4, 8]]);
  assertEquals(numbers(rotate, { angle: "0" }), [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]]);
});

Deno.test("rotate keeps the size at other angles, with black gaps", () => {
  const size = { width: 33, height: 17 };
  using filter = new Running(rotate, size, { angle: "30" });
  using input = picture(size, () => 200);
  using output = filter.process(input);
  assertEquals([output.cols, output.rows], [33, 17]);
  assertEquals([output.data[0], output.data[8 * 33 + 16]], [0, 200]);
});

Deno.test("crop cuts out the part, limited to the picture, with at least one pixel", () => {
  assertEquals(numbers(crop, { x: "1", y: "1", width: "2", height: "1" }), [[5, 6]]);
  assertEquals(numbers(crop, { x: "2", y: "1" }), [[6, 7], [10, 11]]);
  assertEquals(numbers(crop, { x: "3", width: "9", height: "9" }), [[3], [7], [11]]);
  assertEquals(numbers(crop, { x: "50", y: "50" }), [[11]]);
});

type Given = Record<string, string>;

const moving = [
  ...["horizontal", "vertical", "both"].map((mode) => [flip, { mode }] as const),
  ...["0", "90", "180", "270", "-90"].map((angle) => [rotate, { angle }] as const),
  [crop, { x: "5", y: "3", width: "30", height: "20" }],
  [resize, { width: "20" }],
  [resize, { width: "80", height: "30" }],
  [resize, { width: "20", height: "60" }],
  [rotate, { angle: "30" }],
  [rotate, { angle: "-113.5" }],
] as const;

const mixed = ['resize {"width":"20","height":"60"}'];

for (const [definition, given] of moving) {
  const name = `${definition.name} ${JSON.stringify(given)}`;
  for (const size of [{ width: 40, height: 30 }, { width: 41, height: 31 }]) {
    Deno.test(`${name} of ${size.width}x${size.height} maps a pixel to its source`, () => {
      using filter = new Running(definition, size, given);
      // Not in the center, where rotations have no effect.
      const box = [22, 10, 4, 4] as const;
      using input = square(size, box);
      const output = filter.process(input);
      const [x, y] = centre(output);
      const whiteBox = whites(output);
      if (output !== input) output.delete();
      const map = mapToSource(definition, size, given);
      const [a, b, c, d, e, f] = map;
      // Shrinking one side without INTER_AREA skips pixels, so the center is not exact.
      const within = mixed.includes(name) ? 0.6 : 0.1;
      assertAlmostEquals(a * x + b * y + c, 24, within);
      assertAlmostEquals(d * x + e * y + f, 12, within);
      const exact = definition !== resize && Number("angle" in given ? given.angle : 0) % 90 === 0;
      if (exact) assertEquals(moveBox(whiteBox, map), [...box]);
    });
  }
}

function mapToSource(definition: typeof moving[number][0], size: Size, given: Given): Affine {
  if (definition.name === "flip") return toSource(flip, size, given);
  if (definition.name === "crop") return toSource(crop, size, given);
  return definition.name === "rotate"
    ? toSource(rotate, size, given)
    : toSource(resize, size, given);
}

/** The center of all pixels that are not black; a pixel extends from x to x + 1. */
function centre(mat: Mat): [number, number] {
  let [weight, x, y] = [0, 0, 0];
  pixels(mat).forEach((gray, at) => {
    weight += gray;
    x += gray * (at % mat.cols + 0.5);
    y += gray * (Math.floor(at / mat.cols) + 0.5);
  });
  return [x / weight, y / weight];
}

/** The box around all pixels that are not black. */
function whites(mat: Mat): [number, number, number, number] {
  const white = pixels(mat).flatMap((gray, at) => gray ? [at] : []);
  const xs = white.map((at) => at % mat.cols);
  const ys = white.map((at) => Math.floor(at / mat.cols));
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return [left, top, Math.max(...xs) + 1 - left, Math.max(...ys) + 1 - top];
}
