/** Tests what filters draw into the colors of a frame. */

import { assert, assertEquals } from "../assert.ts";
import type { FrameFormat } from "../../lib/frame/frame_format.ts";
import { type Plane, planesOf } from "../../lib/frame/plane.ts";
import { cv } from "../../lib/vision/cv.ts";
import { drawBoxes, drawCircles, drawLines } from "../../lib/vision/draw.ts";
import { deletePicture, newPicture, type Picture } from "../../lib/vision/picture.ts";
import { type Bytes, colorFormat, colorFrame, plansOf, processed } from "./color_frames.ts";
import { photo } from "./photo.ts";
import { noise } from "./run_filter.ts";

const FORMAT = colorFormat(128, 96);
const [U, V] = [90, 160];

/** U and V of everything that is drawn, and of text. */
const YELLOW = [1, 149];
const NO_COLOR = [128, 128];

/** Weak noise with a light box that moves, in one color. */
const film = Array.from({ length: 12 }, (_, frame) =>
  colorFrame(FORMAT, (x, y) => {
    const isBox = x >= 20 + 3 * frame && x < 50 + 3 * frame && y >= 30 && y < 60;
    return [isBox ? 220 : noise(x, y) >> 4, U, V];
  }));

/** The places of samples that differ, in pixels of the gray plane. */
function changes(before: Plane, after: Plane, scale: number): [x: number, y: number][] {
  return [...after.pixels].flatMap((value, at) => {
    const [x, y] = [at % after.width, Math.floor(at / after.width)];
    return value === before.pixels[at] ? [] : [[x * scale, y * scale] as [number, number]];
  });
}

/** Checks that U and V have changed to `color`, near pixels of the gray plane that have changed, and near each of them. */
function assertDrawn(
  format: FrameFormat,
  [before, after]: readonly [Bytes, Bytes],
  color = YELLOW,
): void {
  const from = planesOf({ format, pixels: before });
  const to = planesOf({ format, pixels: after });
  const gray = changes(from[0]!, to[0]!, 1);
  const [u, v] = [1, 2].map((plane) => changes(from[plane]!, to[plane]!, 2)) as [[], []];
  assert(u.length > 0, "nothing is drawn in color");
  assertEquals(u, v);
  for (const plane of [1, 2]) {
    const drawn = to[plane]!.pixels.filter((value, at) => value !== from[plane]!.pixels[at]);
    assertEquals([...new Set(drawn)], [color[plane - 1]]);
  }
  const isNear = ([x, y]: readonly number[], [x2, y2]: readonly number[]) =>
    Math.abs(x! - x2!) <= 3 && Math.abs(y! - y2!) <= 3;
  for (const place of u) {
    assert(gray.some((pixel) => isNear(place, pixel)), `the color at ${place} is not near a line`);
  }
  for (const pixel of gray) {
    assert(u.some((place) => isNear(place, pixel)), `the line at ${pixel} has no color`);
  }
}

for (const graph of ["motion", "corners", "flow", "lines=votes=20:min=10", "contours"]) {
  Deno.test(`${graph} draws yellow where it draws, and nowhere with draw=0`, async () => {
    const join = graph.includes("=") ? ":" : "=";
    const quiet = await processed(plansOf(`${graph}${join}draw=0`), FORMAT, film);
    assertEquals(quiet.frames, film);
    const { frames } = await processed(plansOf(graph), FORMAT, film);
    assertDrawn(FORMAT, [film.at(-1)!, frames.at(-1)!]);
  });
}

Deno.test("faces draws a yellow box, also in pictures of odd size", async () => {
  const format = colorFormat(321, 241);
  const { pixels } = await photo(format);
  const frame = colorFrame(format, (x, y) => [pixels[y * 321 + x]!, U, V]);
  const { frames, events } = await processed(plansOf("faces=sync=1"), format, [frame]);
  assertEquals(events[0]!.boxes?.length, 1);
  assertDrawn(format, [frame, frames[0]!]);
});

Deno.test("text removes the colors of its letters, so that they are white", async () => {
  const graph = "text=text=Framewire:clock=0:sequence=0:x=5:y=11";
  const { frames } = await processed(plansOf(graph), FORMAT, film);
  assertDrawn(FORMAT, [film.at(-1)!, frames.at(-1)!], NO_COLOR);
});

/** Draws into a picture of one color. Returns its planes. */
function drawn(format: FrameFormat, draw: (picture: Picture) => void): readonly Plane[] {
  const pixels = colorFrame(format, () => [100, U, V]);
  const picture = newPicture(cv, format, pixels);
  draw(picture);
  const planes = [picture.gray, ...picture.chroma!].map((mat) => mat.data.slice());
  deletePicture(picture);
  return planesOf({ format, pixels: Uint8Array.from(planes.flatMap((plane) => [...plane])) });
}

Deno.test("drawBoxes() gives all white pixels the color yellow", () => {
  for (const [width, height] of [[24, 18], [23, 17]] as const) {
    for (const [left, top] of [[2, 2], [3, 2], [2, 3], [3, 5]] as const) {
      const format = colorFormat(width, height);
      const [gray, u, v] = drawn(
        format,
        (picture) => drawBoxes(cv, picture, [[left, top, 11, 8]]),
      ) as [Plane, Plane, Plane];
      gray.pixels.forEach((level, at) => {
        if (level !== 255) return;
        const sample = (Math.floor(at / width) >> 1) * u.width + (at % width >> 1);
        assertEquals([u.pixels[sample], v.pixels[sample]], YELLOW);
      });
    }
  }
});

Deno.test("drawBoxes(), drawLines() and drawCircles() clip the colors at the edges", () => {
  const format = colorFormat(9, 7);
  const planes = drawn(format, (picture) => {
    drawBoxes(cv, picture, [[-50, -50, 20, 20], [-5, -5, 100, 100], [1e6, 1e6, 10, 10]]);
    drawLines(cv, picture, [[{ x: -9, y: -9 }, { x: -3, y: 90 }]]);
    drawCircles(cv, picture, [{ x: 50, y: -50 }], 4);
  });
  assertEquals(planes.map(({ pixels }) => [...new Set(pixels)]), [[100], [U], [V]]);
});
