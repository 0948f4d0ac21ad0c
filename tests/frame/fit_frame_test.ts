import { fitFrame } from "../../lib/frame/fit_frame.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { grayFormat } from "../../lib/frame/frame_format.ts";
import type { FrameSize } from "../../lib/frame/frame_size.ts";
import { assertEquals } from "../assert.ts";
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
