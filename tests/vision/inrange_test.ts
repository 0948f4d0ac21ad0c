/** Tests `inrange` with pictures of a ball. */

import { assert, assertAlmostEquals, assertEquals, assertThrows } from "../assert.ts";
import type { Box } from "../../lib/frame/detection.ts";
import { type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { Chain } from "../../lib/vision/chain.ts";
import {
  type Bytes,
  colorFormat,
  colorFrame,
  plansOf,
  processed,
  type Yuv,
  yuv,
} from "./color_frames.ts";
import { noise } from "./run_filter.ts";

const RED = [220, 20, 30] as const;
const GREEN = [30, 190, 50] as const;
const BLUE = [30, 60, 220] as const;
const RADIUS = 14;

interface Ball {
  readonly x: number;
  readonly y: number;
  readonly color: readonly [red: number, green: number, blue: number];
}

/** Balls on a gray background with texture. A ball is brighter at its upper left. */
function scene(format: FrameFormat, balls: readonly Ball[]): Bytes {
  return colorFrame(format, (x, y): Yuv => {
    const ball = balls.find((ball) => Math.hypot(x + 0.5 - ball.x, y + 0.5 - ball.y) <= RADIUS);
    if (!ball) return [60 + noise(x, y) % 120, 126 + noise(x, y + 9) % 5, 126 + noise(y, x) % 5];
    const light = 0.75 + 0.25 * Math.sin((ball.x - x + ball.y - y) / RADIUS);
    const [red, green, blue] = ball.color;
    return yuv(red * light, green * light, blue * light);
  });
}

const FORMAT = colorFormat(160, 120);

/** The boxes of a graph in each frame. */
async function boxesOf(
  graph: string,
  format: FrameFormat,
  frames: readonly Bytes[],
): Promise<Box[][]> {
  const { events, faults } = await processed(plansOf(graph), format, frames);
  assertEquals(faults, []);
  return events.map(({ boxes }) => [...boxes!]);
}

function assertAround([left, top, width, height]: Box, { x, y }: { x: number; y: number }): void {
  const text = `${[left, top, width, height]} is not around ${x},${y}`;
  assertAlmostEquals(left + width / 2, x, 2, text);
  assertAlmostEquals(top + height / 2, y, 2, text);
  assertAlmostEquals(width, 2 * RADIUS, 3, text);
  assertAlmostEquals(height, 2 * RADIUS, 3, text);
}

for (
  const [name, graph, color] of [
    ["red", "inrange=hmin=170:hmax=10", RED],
    ["green", "inrange=50:70", GREEN],
    ["blue", "inrange=hmin=105:hmax=125", BLUE],
  ] as const
) {
  Deno.test(`inrange finds a ${name} ball, among others and in pictures of odd size`, async () => {
    for (const format of [FORMAT, colorFormat(161, 121)]) {
      const others = [RED, GREEN, BLUE].filter((other) => other !== color);
      const frame = scene(format, [
        { x: 101, y: 44, color },
        ...others.map((color, at) => ({ x: 40, y: 30 + 50 * at, color })),
      ]);
      const [[box, ...more] = []] = await boxesOf(graph, format, [frame]);
      assertEquals(more, []);
      assertAround(box!, { x: 101, y: 44 });
    }
  });
}

Deno.test("inrange follows a ball: each frame has one box around it", async () => {
  const places = Array.from({ length: 40 }, (_, at) => ({
    x: 80 + 60 * Math.cos(at / 6),
    y: 60 + 40 * Math.sin(at / 4),
    color: RED,
  }));
  const frames = places.map((ball) => scene(FORMAT, [ball]));
  const boxes = await boxesOf("inrange=170:10", FORMAT, frames);
  assertEquals(boxes.length, places.length);
  boxes.forEach((found, at) => {
    assertEquals(found.length, 1);
    assertAround(found[0]!, places[at]!);
  });
});

Deno.test("inrange reports boxes in pixels of the frame as it arrived", async () => {
  const frame = scene(FORMAT, [{ x: 101, y: 44, color: RED }]);
  for (const before of ["flip", "rotate=90", "crop=31:5", "resize=240"]) {
    const [[box] = []] = await boxesOf(`${before},inrange=170:10`, FORMAT, [frame]);
    assertAround(box!, { x: 101, y: 44 });
  }
});

Deno.test("inrange with hmin above hmax has both ends of the hues, red on both sides of 0", async () => {
  const frame = scene(FORMAT, [
    { x: 40, y: 60, color: [230, 40, 10] },
    { x: 120, y: 60, color: [230, 10, 40] },
  ]);
  const centers = async (graph: string) => {
    const [boxes = []] = await boxesOf(graph, FORMAT, [frame]);
    return boxes.map(([x, , width]) => x + width / 2 < 80 ? "left" : "right").sort();
  };
  assertEquals(await centers("inrange=hmin=170:hmax=10"), ["left", "right"]);
  assertEquals(await centers("inrange=hmin=0:hmax=10"), ["left"]);
  assertEquals(await centers("inrange=hmin=170:hmax=179"), ["right"]);
  assertEquals(await centers("inrange=hmin=20:hmax=160"), []);
});

Deno.test("inrange uses the bounds of saturation and value", async () => {
  const pale = { x: 40, y: 60, color: [220, 150, 150] } as const; // a saturation of 81
  const dark = { x: 120, y: 60, color: [60, 5, 5] } as const;
  const frame = scene(FORMAT, [pale, dark]);
  const count = async (graph: string) => (await boxesOf(graph, FORMAT, [frame]))[0]!.length;
  assertEquals(await count("inrange=170:10"), 0);
  assertEquals(await count("inrange=170:10:smin=60"), 1);
  assertEquals(await count("inrange=170:10:vmin=20"), 1);
  assertEquals(await count("inrange=170:10:smin=60:vmin=20"), 2);
  assertEquals(await count("inrange=170:10:smin=60:vmin=20:smax=120"), 1);
  assertEquals(await count("inrange=170:10:smin=60:vmin=20:vmax=100"), 1);
});

Deno.test("inrange reports the share of the pixels, and drops boxes smaller than min", async () => {
  const frame = scene(FORMAT, [{ x: 101, y: 44, color: RED }]);
  const { events } = await processed(plansOf("inrange=170:10"), FORMAT, [frame]);
  assertAlmostEquals(Number(events[0]!.share), Math.PI * RADIUS ** 2 / (160 * 120), 0.004);
  const none = await processed(plansOf("inrange=170:10:min=40"), FORMAT, [frame]);
  assertEquals(none.events[0]!.boxes, []);
  const whole = await processed(plansOf("inrange=smin=0:vmin=0"), FORMAT, [frame]);
  assertEquals([whole.events[0]!.share, whole.events[0]!.boxes], [1, [[0, 0, 160, 120]]]);
});

Deno.test("inrange=mask=1 shows the pixels in the range, white on black, without colors", async () => {
  const format = colorFormat(161, 121);
  const frame = scene(format, [{ x: 101, y: 44, color: RED }]);
  const { planes, output, events } = await processed(plansOf("inrange=170:10:mask=1"), format, [
    frame,
  ]);
  const [gray, u, v] = planes;
  assertEquals(output, format);
  assertEquals([[...new Set(u!.pixels)], [...new Set(v!.pixels)]], [[128], [128]]);
  gray!.pixels.forEach((level, at) => {
    const distance = Math.hypot(at % 161 + 0.5 - 101, Math.floor(at / 161) + 0.5 - 44);
    if (distance < RADIUS - 4) assertEquals(level, 255);
    if (distance > RADIUS + 4) assertEquals(level, 0);
    assert(level === 0 || level === 255);
  });
  assertEquals(events[0]!.boxes?.length, 1);
});

Deno.test("inrange draws the boxes, and with draw=0 leaves the picture as it is", async () => {
  const frame = scene(FORMAT, [{ x: 101, y: 44, color: RED }]);
  const quiet = await processed(plansOf("inrange=170:10:draw=0"), FORMAT, [frame]);
  assertEquals(quiet.frames[0], frame);
  const { planes, events } = await processed(plansOf("inrange=170:10"), FORMAT, [frame]);
  const [[x, y] = [0, 0]] = events[0]!.boxes!;
  assertEquals(planes[0]!.pixels[y * 160 + x], 255);
  assertEquals(planes[1]!.pixels[(y >> 1) * 80 + (x >> 1)], 1);
});

for (
  const [graph, format] of [["inrange", grayFormat(FORMAT)], ["edges,inrange", FORMAT]] as const
) {
  Deno.test(`${graph} on a ${format.pixels} stream is an error that says what to do`, () => {
    assertThrows(
      () => new Chain(plansOf(graph), format, { event() {}, fault() {} }),
      Error,
      "inrange: it needs colors, but its pictures are gray: start the server with --color",
    );
  });
}
