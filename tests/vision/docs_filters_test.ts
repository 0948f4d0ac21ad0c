/** Runs the filters of docs/filters.md. */

import { assert, assertAlmostEquals, assertEquals } from "../assert.ts";
import type { StagePlan } from "../../lib/vision/stage.ts";
import { planOwn } from "../../lib/vision/own_filter.ts";
import { colorFormat, colorFrame, processed, yuv } from "./color_frames.ts";

const docs = await Deno.readTextFile(new URL("../../docs/filters.md", import.meta.url));

/** The module of the docs whose first line names it. */
async function plan(name: string): Promise<StagePlan> {
  const [, source] = new RegExp("```js\n(// " + name + ":[^]*?)```").exec(docs) ?? [];
  assert(source, `docs/filters.md has no ${name}`);
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(path, source);
    return await planOwn(`file://${path}`, {});
  } finally {
    await Deno.remove(path);
  }
}

const FORMAT = colorFormat(16, 12);

/** Green at the left, red at the right. */
const halves = colorFrame(FORMAT, (x) => x < 8 ? yuv(20, 200, 30) : yuv(200, 20, 30));

Deno.test("docs/filters.md: mine.js inverts the picture, counts bright pixels and keeps the colors", async () => {
  const { frames, events, faults } = await processed([await plan("mine.js")], FORMAT, [halves]);
  assertEquals(faults, []);
  assertEquals(frames[0], halves.map((value, at) => at < 16 * 12 ? 255 - value : value));
  assertEquals(
    events[0]!.bright,
    halves.subarray(0, 16 * 12).filter((value) => value > 128).length,
  );
});

Deno.test("docs/filters.md: spotlight.js shows green, and everything else in gray", async () => {
  const { planes, events, faults } = await processed([await plan("spotlight.js")], FORMAT, [
    halves,
  ]);
  assertEquals(faults, []);
  assertEquals(events[0]!.share, 0.5);
  const [, u, v] = yuv(20, 200, 30);
  for (let at = 0; at < 8 * 6; at++) {
    const isLeft = at % 8 < 4;
    assertAlmostEquals(planes[1]!.pixels[at]!, isLeft ? u : 128, 2);
    assertAlmostEquals(planes[2]!.pixels[at]!, isLeft ? v : 128, 2);
  }
});
