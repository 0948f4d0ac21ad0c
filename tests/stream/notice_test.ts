import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { drawNotice } from "../../lib/stream/notice.ts";
import { drawNoSignal, drawWaiting } from "../../lib/stream/placeholder.ts";
import { assert, assertEquals } from "../assert.ts";

const since = new Date("2026-11-25T12:00:00Z");
const text = { headline: "NO SIGNAL", why: "it ended", since, now: new Date(+since + 5000) };

for (const [width, height] of [[323, 241], [64, 48], [5, 3], [1, 1]] as const) {
  const format: FrameFormat = { width, height, pixels: "yuv420p" };

  Deno.test(`drawNotice() draws the same gray plane with colors and without: ${width}x${height}`, () => {
    const [gray, color] = [grayFormat(format), format].map((format) => drawNotice(format, text));
    assertEquals([gray?.length, color?.length], [width * height, frameBytes(format)]);
    assertEquals(color?.subarray(0, width * height), gray);
  });
}

Deno.test("drawNotice() colors the background and the headline, and not the lines below", () => {
  const format: FrameFormat = { width: 323, height: 241, pixels: "yuv420p" };
  const [gray, u, v] = planesOf({ format, pixels: drawNotice(format, text) });
  const colors = new Map<number | undefined, Set<string>>();
  for (let y = 0, at = 0; y < 121; y++) {
    for (let x = 0; x < 162; x++, at++) {
      const level = gray?.pixels[2 * y * 323 + 2 * x];
      const found = colors.get(level) ?? new Set();
      colors.set(level, found.add(`${u?.pixels[at]} ${v?.pixels[at]}`));
    }
  }
  const one = (level: number) => [...colors.get(level) ?? []];
  const [background, headline, lines] = [24, 255, 180].map(one);
  assertEquals([background?.length, headline?.length], [1, 1]);
  assertEquals(lines, ["128 128"]);
  assert(new Set([background?.[0], headline?.[0], "128 128"]).size === 3);
});

Deno.test("drawNoSignal() and drawWaiting() draw in the format of the frames", () => {
  for (const draw of [drawNoSignal, drawWaiting]) {
    for (const pixels of ["gray", "yuv420p"] as const) {
      const format = { width: 323, height: 241, pixels };
      assertEquals(draw(format, { name: "x", since, why: "y" }).length, frameBytes(format));
    }
  }
});
