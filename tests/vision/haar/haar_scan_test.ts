import { assert, assertEquals, assertGreater, assertThrows } from "@std/assert";
import { Cascade } from "../../../lib/vision/cascade.ts";
import { cv } from "../../../lib/vision/cv.ts";
import type { Box } from "../../../lib/frame/detection.ts";
import { groupBoxes } from "../../../lib/vision/haar/group_boxes.ts";
import { type HaarCascade, readHaarCascade } from "../../../lib/vision/haar/haar_cascade.ts";
import { HaarScan } from "../../../lib/vision/haar/haar_scan.ts";
import { divide, type HaarPart, haarScales } from "../../../lib/vision/haar/haar_scales.ts";
import { prepareHaar } from "../../../lib/vision/haar/prepare_haar.ts";
import { loadModel } from "../../../lib/vision/models.ts";
import { photo } from "../photo.ts";

const CASCADES = ["alt2", "default", "eye"];

const haar = (name: string): HaarCascade => readHaarCascade(loadModel(name))!;

/** All hits in a picture, or in parts of it. */
function scanned(
  name: string,
  { pixels, width, height }: { pixels: Uint8Array; width: number; height: number },
  { search, parts }: { search: { scale: number; min: number; max?: number }; parts?: HaarPart[] },
): Box[] {
  const cascade = haar(name);
  const scales = haarScales(cascade.window, { width, height }, search);
  const scan = new HaarScan(prepareHaar(cascade, { width, height }, scales));
  scan.load(pixels);
  return (parts ?? divide(scales, 1).flat()).flatMap((part) => scan.search(part));
}

/** OpenCV's boxes. */
function detected(
  name: string,
  { pixels, width, height }: { pixels: Uint8Array; width: number; height: number },
  search: { scale: number; min: number; max?: number; neighbours: number },
): Box[] {
  using cascade = new Cascade(cv, loadModel(name), name);
  using mat = new cv.Mat(height, width, cv.CV_8UC1);
  mat.data.set(pixels);
  return cascade.detect(mat, search);
}

for (const name of CASCADES) {
  for (const [width, height] of [[320, 240], [333, 217], [640, 480]] as const) {
    Deno.test(`HaarScan returns OpenCV's hits in OpenCV's order: ${name}, ${width}x${height}`, async () => {
      const picture = await photo({ width, height });
      const search = { scale: 1.1, min: 20 };
      const expected = detected(name, picture, { ...search, neighbours: 0 });
      assertGreater(expected.length, 20);
      assertEquals(scanned(name, picture, { search }), expected);
    });
  }
}

Deno.test("HaarScan returns OpenCV's hits with other scales, sizes and neighbours", async () => {
  const picture = await photo({ width: 320, height: 240 });
  for (
    const search of [
      { scale: 1.05, min: 40 },
      { scale: 1.3, min: 1 },
      { scale: 1.1, min: 60, max: 90 },
      { scale: 2, min: 30 },
    ]
  ) {
    for (const neighbours of [0, 1, 3, 5]) {
      const hits = scanned("alt2", picture, { search });
      assertEquals(
        groupBoxes(hits, neighbours),
        detected("alt2", picture, { ...search, neighbours }),
      );
    }
  }
});

Deno.test("HaarScan finds nothing in flat pictures, or in a picture smaller than its window", () => {
  for (const [width, height] of [[64, 48], [16, 12], [20, 20], [21, 20]] as const) {
    const pixels = new Uint8Array(width * height).fill(128);
    assertEquals(
      scanned("alt2", { pixels, width, height }, { search: { scale: 1.1, min: 1 } }),
      [],
    );
  }
});

Deno.test("HaarScan.search() of a part returns the hits of a whole search there", async () => {
  const picture = await photo({ width: 320, height: 240 });
  const search = { scale: 1.1, min: 30 };
  const whole = scanned("alt2", picture, { search });
  const scales = haarScales(haar("alt2").window, picture, search);
  const index = scales.findIndex(({ window }) => window.width >= 70);
  const scale = scales[index]!;
  const of = whole.filter(([, , width]) => width === scale.window.width);
  assertGreater(of.length, 0);
  // The columns start far enough left of the face for the same skipped windows as in a whole search.
  const columns = [2, scale.columns - 3] as const;
  const parts = [{ scale: index, rows: [1, scale.rows - 1] as const, columns }];
  assertEquals(scanned("alt2", picture, { search, parts }), of);
});

Deno.test("HaarScan.search() stops when isWanted() returns false", async () => {
  const picture = await photo({ width: 320, height: 240 });
  const cascade = haar("alt2");
  const scales = haarScales(cascade.window, picture, { scale: 1.1, min: 30 });
  const scan = new HaarScan(prepareHaar(cascade, picture, scales));
  scan.load(picture.pixels);
  let asked = 0;
  const rows = [0, scales[0]!.rows] as const;
  assertEquals(scan.search({ scale: 0, rows }, () => ++asked < 2), []);
  assertEquals(asked, 2);
  assertThrows(() => scan.search({ scale: 99, rows }), RangeError, "no size 99");
});

for (const shares of [1, 2, 3, 4, 7]) {
  Deno.test(`divide() makes ${shares} parts with all hits of an undivided search`, async () => {
    const picture = await photo({ width: 320, height: 240 });
    const search = { scale: 1.1, min: 30 };
    const scales = haarScales(haar("alt2").window, picture, search);
    const parts = divide(scales, shares);
    assertEquals(parts.length, shares);
    const whole = scanned("alt2", picture, { search });
    assertEquals(scanned("alt2", picture, { search, parts: parts.flat() }), whole);
    const windows = (of: HaarPart[]) =>
      of.reduce((sum, { scale, rows }) => sum + (rows[1] - rows[0]) * scales[scale]!.columns, 0);
    const mean = windows(parts.flat()) / shares;
    for (const part of parts) assert(Math.abs(windows(part) - mean) < 0.35 * mean);
  });
}

Deno.test("readHaarCascade() returns undefined for anything else than a Haar cascade", () => {
  const text = (xml: string) => readHaarCascade(new TextEncoder().encode(xml));
  const alt2 = new TextDecoder().decode(loadModel("alt2"));
  assert(text(alt2));
  assertEquals(text(""), undefined);
  assertEquals(text("<stageType>BOOST</stageType><featureType>LBP</featureType>"), undefined);
  assertEquals(text(alt2.replace("<featureType>HAAR", "<featureType>LBP")), undefined);
  assertEquals(text(alt2.replace("</rects>", "</rects><tilted>1</tilted>")), undefined);
  assertEquals(text(alt2.slice(0, alt2.length / 2)), undefined);
  assertEquals(text(alt2.replace("0 1 0 4.3272329494357109e-03", "0 1 99999 4.3e-03")), undefined);
});
