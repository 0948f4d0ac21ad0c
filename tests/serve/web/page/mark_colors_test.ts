import { MARK_COLORS, markColor } from "../../../../lib/serve/web/page/mark_colors.js";
import { OBJECT_COLORS } from "../../../../lib/vision/tracking/object_colors.ts";
import { assert, assertEquals } from "../../../assert.ts";

Deno.test("page markColor() keeps the color of a number and of a label, and has a default", () => {
  assertEquals(markColor(1), MARK_COLORS[0]);
  assertEquals(markColor(MARK_COLORS.length + 3, "dog"), markColor(3, "person"));
  assertEquals(markColor(undefined, "dog"), markColor(undefined, "dog"));
  assert(new Set(["dog", "cat", "person", "car"].map((label) => markColor(0, label))).size > 1);
  for (const odd of [undefined, null, 0, -1, 1.5, "3", NaN]) {
    assertEquals(markColor(odd), MARK_COLORS[0]);
  }
});

Deno.test("page MARK_COLORS are those that the filters draw with, and are legible on a dark rim", () => {
  const channels = (color: string) =>
    [1, 3, 5].map((from) => parseInt(color.slice(from, from + 2), 16));
  assertEquals(MARK_COLORS.map(channels), OBJECT_COLORS as unknown as number[][]);
  const linear = (value: number) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  for (const color of MARK_COLORS) {
    const [red = 0, green = 0, blue = 0] = channels(color).map(linear);
    const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    assert((luminance + 0.05) / 0.05 > 7, `${color} on black, WCAG AAA`); // 7:1
  }
});
