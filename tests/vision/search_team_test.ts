import { assert, assertEquals, assertRejects } from "@std/assert";
import { readHaarCascade } from "../../lib/vision/haar/haar_cascade.ts";
import { HaarScan } from "../../lib/vision/haar/haar_scan.ts";
import { divide, haarScales } from "../../lib/vision/haar/haar_scales.ts";
import { prepareHaar } from "../../lib/vision/haar/prepare_haar.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { SearchTeam } from "../../lib/vision/search_team.ts";
import { photo } from "./photo.ts";

const cascade = readHaarCascade(loadModel("alt2"))!;
const picture = await photo({ width: 320, height: 240 });
const scales = haarScales(cascade.window, picture, { scale: 1.1, min: 30 });
const haar = prepareHaar(cascade, { width: 320, height: 240 }, scales);

for (const workers of [1, 2, 3]) {
  Deno.test(`SearchTeam.search() returns with ${workers} Workers the hits of a single search`, async () => {
    const scan = new HaarScan(haar);
    scan.load(picture.pixels);
    const expected = divide(scales, 1).flat().flatMap((part) => scan.search(part));
    using team = new SearchTeam({ haar, workers });
    assertEquals(await team.search(picture.pixels), expected);
    assertEquals(await team.search(new Uint8Array(320 * 240)), []);
    assertEquals(await team.search(picture.pixels), expected);
  });
}

Deno.test("SearchTeam.abandon() ends a search, and the next search is complete", async () => {
  using team = new SearchTeam({ haar, workers: 2 });
  await team.ready;
  const first = team.search(picture.pixels);
  await team.abandon();
  assertEquals(await first, undefined);
  assert((await team.search(picture.pixels))!.length > 0);
});

Deno.test("SearchTeam.search() fails if a Worker fails, and continues to fail", async () => {
  const broken = { ...haar, modules: [{ ...haar.modules[0]!, module: 0 as never }] };
  using team = new SearchTeam({ haar: broken, workers: 2 });
  await assertRejects(() => team.ready, Error, "a search failed: TypeError");
  for (let times = 0; times < 2; times++) {
    await assertRejects(() => team.search(picture.pixels), Error, "a search failed: TypeError");
  }
});

Deno.test("SearchTeam.search() fails if a Worker does not answer in time", async () => {
  using team = new SearchTeam({ haar, workers: 1, timeoutMs: 0 });
  await assertRejects(
    () => team.search(picture.pixels),
    Error,
    "a search did not answer within 0 s",
  );
});

Deno.test("SearchTeam[Symbol.dispose]() fails the search under way", async () => {
  const team = new SearchTeam({ haar, workers: 2 });
  await team.ready;
  const search = team.search(picture.pixels);
  team[Symbol.dispose]();
  await assertRejects(() => search, Error, "the search was closed");
});
