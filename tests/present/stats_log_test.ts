import { assertEquals } from "../assert.ts";
import { formatFigures } from "../../lib/present/stats_log.ts";

const figures = {
  ...{ seconds: 1, frames: 30, fps: 30, skipped: 0, placeholders: 0, bytes: 2304000 },
  age: undefined,
};
const state = { wire: "y4m", size: { width: 320, height: 240 }, offset: undefined };

for (const [filterMs, filter] of [[undefined, null], [12.3456, 12.35], [0, 0]] as const) {
  Deno.test(`formatFigures() gives ${filter} as the milliseconds in the filters`, () => {
    const line = JSON.parse(formatFigures(figures, { ...state, filterMs }));
    assertEquals(line.filter, filter);
  });
}
