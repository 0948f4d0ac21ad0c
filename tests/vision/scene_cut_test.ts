import { assertEquals } from "@std/assert";
import { SceneCut } from "../../lib/vision/scene_cut.ts";

const SIZE = { width: 160, height: 120 };

/** A picture of gray waves. */
function waves({ shift = 0, length = 40, noise = 0, light = 1 }): Uint8Array {
  let value = 7;
  return Uint8Array.from({ length: SIZE.width * SIZE.height }, (_, index) => {
    const [x, y] = [index % SIZE.width + shift, Math.floor(index / SIZE.width)];
    value = value * 16807 % 2147483647;
    const gray = 128 + 80 * Math.sin(2 * Math.PI * x / length) * Math.cos(y / length);
    return Math.min(255, Math.max(0, light * gray + noise * (value / 2147483647 - 0.5)));
  });
}

for (
  const [what, from, to, cut] of [
    ["the same picture", {}, {}, false],
    ["a camera that pans", {}, { shift: 2 }, false],
    ["noise", { noise: 60 }, { noise: 60, shift: 1 }, false],
    ["light that falls by a tenth", {}, { light: 0.9 }, false],
    ["another scene", {}, { length: 23, shift: 50 }, true],
    ["light that goes out", {}, { light: 0.2 }, true],
  ] as const
) {
  Deno.test(`SceneCut.isCut() is ${cut} for ${what}`, () => {
    const scenes = new SceneCut(SIZE);
    assertEquals(scenes.isCut(waves(from)), true); // the first picture
    assertEquals(scenes.isCut(waves(to)), cut);
    assertEquals(scenes.isCut(waves(to)), false);
  });
}

Deno.test("SceneCut.isCut() works with pictures smaller than its grid", () => {
  const scenes = new SceneCut({ width: 4, height: 3 });
  assertEquals(scenes.isCut(new Uint8Array(12)), true);
  assertEquals(scenes.isCut(new Uint8Array(12)), false);
  assertEquals(scenes.isCut(new Uint8Array(12).fill(200)), true);
});
