import { fitFrame, scaleFrame } from "../../lib/frame/fit_frame.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import type { FrameSize } from "../../lib/frame/frame_size.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { assert, assertEquals } from "../assert.ts";
import { placeFrame } from "./place_frame.ts";

/** The bytes of a gray frame in a gray format of another size. */
const fit = (frame: Frame, size: FrameSize) => [...fitFrame(frame, grayFormat(size)).pixels];

Deno.test("fitFrame() scales a frame of the same shape to the whole picture", () => {
  const frame = placeFrame({ width: 2, height: 1 });
  assertEquals(fit(frame, { width: 4, height: 2 }), [0, 0, 1, 1, 0, 0, 1, 1]);
});

Deno.test("fitFrame() keeps the shape with black bars, at the sides or above and below", () => {
  const frame = { ...placeFrame({ width: 2, height: 2 }), pixels: new Uint8Array(4).fill(9) };
  assertEquals(fit(frame, { width: 4, height: 2 }), [0, 9, 9, 0, 0, 9, 9, 0]);
  assertEquals(fit(frame, { width: 2, height: 4 }), [0, 0, 9, 9, 9, 9, 0, 0]);
});

Deno.test("fitFrame() leaves at least one pixel of a frame that is far wider than the picture", () => {
  const frame = { ...placeFrame({ width: 9, height: 1 }), pixels: new Uint8Array(9).fill(7) };
  assertEquals(fit(frame, { width: 1, height: 3 }), [0, 7, 0]);
});

const FORMAT: FrameFormat = { width: 5, height: 3, pixels: "yuv420p" };
const color = placeFrame({ ...FORMAT, sequence: 1, capturedAt: 7 });

/** The rows of each plane. */
function rowsOf(frame: Frame): number[][][] {
  return planesOf(frame).map(({ width, height, pixels }) =>
    Array.from({ length: height }, (_, y) => [...pixels.subarray(y * width, (y + 1) * width)])
  );
}

Deno.test("fitFrame() gives the frame itself in its own format", () => {
  const gray = placeFrame();
  assert(fitFrame(gray, { ...gray.format }) === gray);
  assert(fitFrame(color, FORMAT) === color);
});

Deno.test("fitFrame() from colors to gray is a view of the gray plane, without a copy", () => {
  const gray = fitFrame(color, grayFormat(FORMAT));
  assert(gray.pixels.buffer === color.pixels.buffer);
  assertEquals(gray, {
    ...placeFrame({ width: 5, height: 3, sequence: 1, capturedAt: 7 }),
    pixels: color.pixels.subarray(0, 15),
  });
});

Deno.test("fitFrame() from gray to colors keeps the gray plane and adds no color", () => {
  const gray = placeFrame({ width: 5, height: 3 });
  const { format, pixels } = fitFrame(gray, FORMAT);
  assertEquals(format, FORMAT);
  assertEquals([...pixels], [...gray.pixels, ...Array(12).fill(128)]);
});

Deno.test("fitFrame() scales the colors with the picture", () => {
  const frame = fitFrame(placeFrame(FORMAT), { ...FORMAT, width: 10, height: 6 });
  const [gray, u, v] = rowsOf(frame);
  assertEquals(gray?.[3], [10, 10, 11, 11, 12, 12, 13, 13, 14, 14]);
  assertEquals(u, [[60, 60, 61, 61, 62], [60, 60, 61, 61, 62], [70, 70, 71, 71, 72]]);
  assertEquals(v?.[2], [90, 90, 91, 91, 92]);
});

Deno.test("fitFrame() draws bars that are black, without color, beside the picture", () => {
  const square = placeFrame({ ...FORMAT, width: 4, height: 4 });
  const [gray, u, v] = rowsOf(fitFrame(square, { ...FORMAT, width: 8, height: 4 }));
  assertEquals(gray?.[1], [0, 0, 10, 11, 12, 13, 0, 0]);
  assertEquals(u, [[128, 60, 61, 128], [128, 70, 71, 128]]);
  assertEquals(v, [[128, 80, 81, 128], [128, 90, 91, 128]]);
});

Deno.test("fitFrame() scales 323x241 to odd and even sizes, and each plane stays in its place", () => {
  const format: FrameFormat = { width: 323, height: 241, pixels: "yuv420p" };
  const frame = { ...color, format, pixels: new Uint8Array(frameBytes(format)) };
  planesOf(frame).forEach(({ pixels }, i) => pixels.fill([50, 60, 70][i]!));
  for (const [width, height] of [[161, 120], [160, 121], [645, 483], [1, 1]] as const) {
    const scaled = scaleFrame(frame, { width, height, pixels: "yuv420p" });
    const planes = planesOf(scaled).map(({ pixels }) => [...new Set(pixels)]);
    assertEquals(planes, [[50], [60], [70]], `${width}x${height}`);
  }
});

Deno.test("fitFrame() scales the gray plane alone for a gray format", () => {
  const { format, pixels } = fitFrame(placeFrame(FORMAT), grayFormat({ width: 10, height: 6 }));
  assertEquals(format, grayFormat({ width: 10, height: 6 }));
  const gray = placeFrame({ width: 5, height: 3 });
  assertEquals([...pixels], fit(gray, { width: 10, height: 6 }));
});
