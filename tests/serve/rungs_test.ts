import { rungsFor } from "../../lib/serve/rungs.ts";
import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "../assert.ts";

Deno.test("rungsFor() gives at least three rungs, 300 kbit/s first, the full size last, even sides always", () => {
  for (
    const [width, height] of [[1, 1], [323, 241], [640, 480], [1080, 1920], [3840, 2160]] as const
  ) {
    const rungs = rungsFor({ width, height });
    assertGreaterOrEqual(rungs.length, 3);
    assertEquals(rungs[0]?.rate, 300_000);
    const even = (side: number) => Math.max(2, 2 * Math.round(side / 2));
    assertEquals(rungs.at(-1)?.size, { width: even(width), height: even(height) });
    for (const [i, { rate, size }] of rungs.entries()) {
      assert(rate > (rungs[i - 1]?.rate ?? 0));
      assertEquals([size.width % 2, size.height % 2], [0, 0]);
    }
  }
});

Deno.test("rungsFor() scales large pictures down for low rates, and gives them higher ones", () => {
  const rungs = rungsFor({ width: 1920, height: 1080 });
  assertEquals(rungs[0]?.size, { width: 640, height: 360 });
  assertLessOrEqual(Math.max(rungs[1]?.size.width ?? 0, rungs[1]?.size.height ?? 0), 960);
  assertGreaterOrEqual(rungs.at(-1)?.rate ?? 0, 4_800_000);
});
