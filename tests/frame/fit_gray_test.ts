import { fitGray } from "../../lib/frame/fit_gray.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "./place_frame.ts";

Deno.test("fitGray() scales a frame of the same shape to the whole picture", () => {
  const frame = placeFrame({ width: 2, height: 1 });
  assertEquals([...fitGray(frame, { width: 4, height: 2 })], [0, 0, 1, 1, 0, 0, 1, 1]);
});

Deno.test("fitGray() keeps the shape with black bars, at the sides or above and below", () => {
  const frame = { ...placeFrame({ width: 2, height: 2 }), pixels: new Uint8Array(4).fill(9) };
  assertEquals([...fitGray(frame, { width: 4, height: 2 })], [0, 9, 9, 0, 0, 9, 9, 0]);
  assertEquals([...fitGray(frame, { width: 2, height: 4 })], [0, 0, 9, 9, 9, 9, 0, 0]);
});

Deno.test("fitGray() leaves at least one pixel of a frame that is far wider than the picture", () => {
  const frame = { ...placeFrame({ width: 9, height: 1 }), pixels: new Uint8Array(9).fill(7) };
  assertEquals([...fitGray(frame, { width: 1, height: 3 })], [0, 7, 0]);
});
