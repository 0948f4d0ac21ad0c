import { StreamStats } from "../../lib/stats/stream_stats.ts";
import { assertEquals } from "../assert.ts";

Deno.test("StreamStats counts placeholders separately from frames", () => {
  let now = 0;
  const stats = new StreamStats(() => now);
  stats.count({ bytes: 10, skipped: 0, age: 5 });
  stats.count({ bytes: 10, skipped: 0, age: 900, placeholder: true });
  stats.count({ bytes: 10, skipped: 2, age: 5 });
  now = 1000;
  const { frames, skipped, placeholders, bytes, age } = stats.total();
  assertEquals({ frames, skipped, placeholders, bytes, max: age?.max }, {
    ...{ frames: 2, skipped: 2, placeholders: 1, bytes: 30, max: 5 },
  });
});
