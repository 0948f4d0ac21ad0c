import { tileSize } from "../../lib/serve/tile_size.ts";
import { assertEquals } from "../assert.ts";

const HD = { width: 1920, height: 1080 };

Deno.test("tileSize() is the smallest of a few that is at least as wide as wanted", () => {
  for (const [wanted, width, height] of [[1, 160, 90], [160, 160, 90], [161, 320, 180]] as const) {
    assertEquals(tileSize(HD, wanted), { width, height });
  }
  assertEquals(tileSize({ width: 4000, height: 3 }, 100), { width: 160, height: 1 });
});

Deno.test("tileSize() is the full size for 0, for wide tiles, and of a stream that is not wider", () => {
  for (const wanted of [0, 1281, 5000]) assertEquals(tileSize(HD, wanted), HD);
  const small = { width: 320, height: 240 };
  for (const wanted of [200, 320, 321]) assertEquals(tileSize(small, wanted), small);
});
