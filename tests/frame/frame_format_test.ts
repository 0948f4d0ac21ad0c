import {
  chromaSize,
  formatFrameFormat,
  frameBytes,
  grayFormat,
  isSameFormat,
} from "../../lib/frame/frame_format.ts";
import { assert, assertEquals } from "../assert.ts";

const gray = grayFormat({ width: 4, height: 3 });
const color = { ...gray, pixels: "yuv420p" } as const;

Deno.test("grayFormat() drops the colors of a format", () => {
  assertEquals(grayFormat(color), { width: 4, height: 3, pixels: "gray" });
});

Deno.test("frameBytes() is one byte per pixel of a gray frame", () => {
  assertEquals(frameBytes(gray), 12);
});

const sizes: [width: number, height: number, chroma: [number, number], bytes: number][] = [
  [1, 1, [1, 1], 3],
  [4, 2, [2, 1], 12],
  [5, 3, [3, 2], 27],
  [4, 3, [2, 2], 20],
  [323, 241, [162, 121], 77_843 + 2 * 19_602],
];
for (const [width, height, [chromaWidth, chromaHeight], bytes] of sizes) {
  Deno.test(`frameBytes() and chromaSize() round the planes of color up: ${width}x${height}`, () => {
    assertEquals(chromaSize({ width, height }), { width: chromaWidth, height: chromaHeight });
    assertEquals(frameBytes({ width, height, pixels: "yuv420p" }), bytes);
  });
}

Deno.test("isSameFormat() compares the size and the pixels", () => {
  assert(isSameFormat(color, { ...color }));
  for (const other of [gray, { ...color, width: 5 }, { ...color, height: 4 }]) {
    assert(!isSameFormat(color, other), JSON.stringify(other));
  }
});

Deno.test("formatFrameFormat() names the colors, and says of gray frames the size alone", () => {
  assertEquals([formatFrameFormat(gray), formatFrameFormat(color)], ["4x3", "4x3 color"]);
});
