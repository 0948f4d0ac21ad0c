import type { FrameSize } from "../../lib/frame/frame_size.ts";
import type { Plane } from "../../lib/frame/plane.ts";
import { scalePlane } from "../../lib/frame/scale_plane.ts";
import { assertEquals } from "../assert.ts";
import { placeFrame } from "./place_frame.ts";

/** A plane whose bytes name their place. */
function planeOf(size: FrameSize): Plane {
  return { ...size, pixels: placeFrame(size).pixels };
}

Deno.test("scalePlane() leaves a plane of the same size as it is", () => {
  const plane = planeOf({ width: 4, height: 3 });
  assertEquals(scalePlane(plane, plane), plane.pixels);
});

Deno.test("scalePlane() averages the samples that one sample covers", () => {
  const plane = planeOf({ width: 4, height: 4 }); // 0 1 2 3 / 10 11 12 13 / ...
  assertEquals([...scalePlane(plane, { width: 2, height: 2 })], [5, 7, 25, 27]); // of 5.5, 7.5, ...
  assertEquals([...scalePlane(plane, { width: 1, height: 4 })], [1, 11, 21, 31]);
  const white = { width: 3, height: 2, pixels: new Uint8Array(6).fill(255) };
  assertEquals([...scalePlane(white, { width: 2, height: 1 })], [255, 255]);
});

Deno.test("scalePlane() uses the nearest sample where the plane is enlarged", () => {
  const plane = planeOf({ width: 2, height: 2 }); // 0 1 / 10 11
  assertEquals(
    [...scalePlane(plane, { width: 4, height: 3 })],
    [0, 0, 1, 1, 0, 0, 1, 1, 10, 10, 11, 11],
  );
});

Deno.test("scalePlane() scales from and to odd sizes", () => {
  const plane = planeOf({ width: 5, height: 3 }); // 0 1 2 3 4 / 10 ... / 20 ...
  assertEquals([...scalePlane(plane, { width: 3, height: 1 })], [10, 11, 13]); // of 10, 11.5, 13.5
  assertEquals([...scalePlane(plane, { width: 7, height: 1 })], [10, 10, 11, 12, 12, 13, 14]);
});
