import { grayFrame, grayPixels } from "../../lib/frame/frame.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { assert, assertEquals } from "../assert.ts";
import { placeFrame } from "./place_frame.ts";

const GRAY = [0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24];
const color = placeFrame({ width: 5, height: 3, pixels: "yuv420p" });

Deno.test("planesOf() gives the gray plane, U and V of a frame with an odd size, as views", () => {
  const planes = planesOf(color);
  assertEquals(planes.map(({ width, height, pixels }) => [width, height, ...pixels]), [
    [5, 3, ...GRAY],
    [3, 2, 60, 61, 62, 70, 71, 72],
    [3, 2, 80, 81, 82, 90, 91, 92],
  ]);
  for (const { pixels } of planes) assert(pixels.buffer === color.pixels.buffer);
  assertEquals([...color.pixels], [...GRAY, 60, 61, 62, 70, 71, 72, 80, 81, 82, 90, 91, 92]);
});

Deno.test("planesOf() gives one plane of a gray frame", () => {
  const planes = planesOf(placeFrame({ width: 5, height: 3 }));
  assertEquals(planes.map(({ width, height, pixels }) => [width, height, ...pixels]), [
    [5, 3, ...GRAY],
  ]);
});

Deno.test("grayPixels() is a view of the first plane, or all pixels of a gray frame", () => {
  const pixels = grayPixels(color);
  assert(pixels.buffer === color.pixels.buffer);
  assertEquals([...pixels], GRAY);
  const gray = placeFrame();
  assert(grayPixels(gray) === gray.pixels);
});

Deno.test("grayFrame() drops the colors without a copy, and keeps number, time and kind", () => {
  const given = { ...color, sequence: 7, capturedAt: 8, kind: "placeholder" } as const;
  const { pixels, ...rest } = grayFrame(given);
  assertEquals(rest, {
    format: { width: 5, height: 3, pixels: "gray" },
    ...{ sequence: 7, capturedAt: 8, kind: "placeholder" },
  });
  assert(pixels.buffer === color.pixels.buffer);
  const gray = placeFrame();
  assert(grayFrame(gray) === gray);
});
