/** Tests what the built-in filters do with the gray plane and the colors of a frame. */

import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";
import { frameBytes, grayFormat } from "../../lib/frame/frame_format.ts";
import type { Plane } from "../../lib/frame/plane.ts";
import { type Bytes, colorFormat, colorFrame, grayOf, plansOf, processed } from "./color_frames.ts";
import { filterCases, graphOf } from "./filter_cases.ts";
import { photo } from "./photo.ts";
import { noise } from "./run_filter.ts";

const FORMAT = colorFormat(64, 48);

/** Noise with a light box that moves, in colored noise. */
function film({ width, height } = FORMAT): Bytes[] {
  return Array.from({ length: 8 }, (_, frame) =>
    colorFrame(colorFormat(width, height), (x, y) => {
      const isBox = x >= 5 * frame && x < 5 * frame + 14 && y >= 10 && y < 30;
      return [isBox ? 250 : noise(x, y) >> 2, noise(x, y + 7), noise(x + 7, y)];
    }));
}

const all = filterCases.filter(({ definition }) => definition.name !== "inrange").map(graphOf);

for (const graph of all) {
  Deno.test(`${graph} gives the gray plane that a gray stream gets, and the same reports`, async () => {
    const sizes = [[64, 48], [65, 49], [33, 17], [5, 3], [2, 1], [1, 1]];
    for (const [width = 0, height = 0] of sizes) {
      const format = colorFormat(width, height);
      const frames = film(format);
      const gray = grayOf(format, frames);
      const inColor = await processed(plansOf(graph), format, frames);
      const inGray = await processed(plansOf(graph), gray.format, gray.frames);
      assertEquals(grayFormat(inColor.output), inGray.output);
      assertEquals(grayOf(inColor.output, inColor.frames).frames, [...inGray.frames]);
      assertEquals(inColor.frames[0]!.length, frameBytes(inColor.output));
      assertEquals([inColor.events, inColor.faults], [inGray.events, inGray.faults]);
      assertEquals(inColor.faults, []);
    }
  });
}

for (const graph of ["faces=sync=1", "eyes=sync=1", "people"]) {
  Deno.test(`${graph} gives the gray plane that a gray stream gets, and the same boxes`, async () => {
    const format = colorFormat(320, 240);
    const { pixels } = await photo(format);
    const frames = Array.from(
      { length: 2 },
      () => colorFrame(format, (x, y) => [pixels[y * 320 + x]!, 90, 160]),
    );
    const gray = grayOf(format, frames);
    const inColor = await processed(plansOf(graph), format, frames);
    const inGray = await processed(plansOf(graph), gray.format, gray.frames);
    assertEquals(grayOf(format, inColor.frames).frames, [...inGray.frames]);
    assertEquals(inColor.events, inGray.events);
    assertEquals(inColor.events.length, 2);
  });
}

for (const graph of ["blur", "median", "equalize", "clahe", "blur=kernel=31,clahe"]) {
  Deno.test(`${graph} changes the gray plane, and no byte of U and V`, async () => {
    for (const format of [FORMAT, colorFormat(323, 241)]) {
      const [frame] = film(format);
      const { output, frames } = await processed(plansOf(graph), format, [frame!]);
      const bytes = frameBytes(grayFormat(format));
      assertEquals(output, format);
      assertEquals(frames[0]!.subarray(bytes), frame!.subarray(bytes));
      assert(frames[0]!.subarray(0, bytes).some((gray, at) => gray !== frame![at]));
    }
  });
}

for (const graph of ["edges", "threshold", "diff", "threshold,flip", "edges,faces"]) {
  Deno.test(`${graph} makes a stream with colors gray`, async () => {
    const { output, frames, faults } = await processed(plansOf(graph), FORMAT, film());
    assertEquals(output, grayFormat(FORMAT));
    assertEquals(frames[0]!.length, 64 * 48);
    assertEquals(faults, []);
  });
}

/** A light, colored patch near a corner of a dark picture. */
function patch(format = FORMAT): Bytes {
  return colorFrame(
    format,
    (x, y) => x >= 36 && x < 48 && y >= 8 && y < 16 ? [250, 40, 220] : [30, 128, 128],
  );
}

const moving = [
  ...["flip", "flip=vertical", "flip=both", "rotate=0", "rotate=90", "rotate=180", "rotate=270"],
  ...["rotate=30", "rotate=-72", "crop=31:5", "crop=30:4:25:19", "crop=33:0:0:21"],
  ...["resize=32", "resize=33:25", "resize=128", "resize=50:90", "resize=20:60"],
  ...["rotate=90,crop=5:3:41:57,flip", "resize=31,rotate=90,resize=0:62"],
];

for (const graph of moving) {
  for (const format of [FORMAT, colorFormat(65, 49)]) {
    Deno.test(`${graph} of ${format.width}x${format.height} moves the colors with the picture`, async () => {
      const { planes, output, frames } = await processed(plansOf(graph), format, [patch(format)]);
      const [gray, u, v] = planes as [Plane, Plane, Plane];
      assertEquals(output.pixels, "yuv420p");
      assertEquals(frames[0]!.length, frameBytes(output));
      const place = centre(gray, (level) => Math.max(0, level - 30));
      // Half of the longer side of a sample of U and V, scaled as the picture is.
      const within = 1.1 * Math.max(1, output.width / 64, output.height / 48);
      const colors = [centre(u, (level) => 128 - level), centre(v, (level) => level - 128)];
      for (const [x, y] of colors) {
        assertAlmostEquals(2 * x, place[0], within);
        assertAlmostEquals(2 * y, place[1], within);
      }
    });
  }
}

Deno.test("rotate=30 gives the gaps no color", async () => {
  const green = colorFrame(FORMAT, () => [100, 50, 50]);
  const { planes } = await processed(plansOf("rotate=30"), FORMAT, [green]);
  assertEquals(planes.map(({ pixels }) => pixels[0]), [0, 128, 128]);
  assertEquals(planes.map(({ pixels, width, height }) => pixels[height / 2 * width + width / 2]), [
    ...[100, 50, 50],
  ]);
});

/** The center of a plane's weight; a sample extends from x to x + 1. */
function centre(plane: Plane, weightOf: (level: number) => number): [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  plane.pixels.forEach((level, at) => {
    const weight = weightOf(level);
    sum += weight;
    x += weight * (at % plane.width + 0.5);
    y += weight * (Math.floor(at / plane.width) + 0.5);
  });
  assert(sum > 0, "nothing is there");
  return [x / sum, y / sum];
}
