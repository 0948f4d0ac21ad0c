/** Tests the order of events in FaceSearch, with a fake team, a fake clock and real pictures. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { overlap } from "../../lib/vision/boxes.ts";
import { type Clock, FaceSearch } from "../../lib/vision/face_search.ts";
import type { Box } from "../../lib/frame/detection.ts";
import { groupBoxes } from "../../lib/vision/haar/group_boxes.ts";
import { readHaarCascade } from "../../lib/vision/haar/haar_cascade.ts";
import { HaarScan } from "../../lib/vision/haar/haar_scan.ts";
import { divide, haarScales } from "../../lib/vision/haar/haar_scales.ts";
import { prepareHaar } from "../../lib/vision/haar/prepare_haar.ts";
import { loadModel } from "../../lib/vision/models.ts";
import { photo } from "./photo.ts";

const WIDTH = 320;
const HEIGHT = 240;
const INTERVAL = 100;
const cascade = readHaarCascade(loadModel("alt2"))!;
const size = { width: WIDTH, height: HEIGHT };
const scales = haarScales(cascade.window, size, { scale: 1.1, min: 30 });
const scan = new HaarScan(prepareHaar(cascade, size, scales));
const large = await photo({ width: 400, height: 300 });

/** A part of the photo. Different parts make the face move. */
function picture(left: number, top = 0): Uint8Array {
  return Uint8Array.from({ length: WIDTH * HEIGHT }, (_, index) => {
    const [x, y] = [index % WIDTH + left, Math.floor(index / WIDTH) + top];
    return large.pixels[y * large.width + x] ?? 0;
  });
}

/** The hits of a search of the whole picture. */
function hitsOf(pixels: Uint8Array): Box[] {
  const own = new HaarScan(prepareHaar(cascade, size, scales));
  own.load(pixels);
  return divide(scales, 1).flat().flatMap((part) => own.search(part));
}

/** A search with a team that the test controls, at times that the test sets. */
class Stage {
  time = 1000;
  /** The pictures of all searches. */
  readonly asked: Uint8Array[] = [];
  abandoned = 0;
  /** Ends the pending waits. */
  #late: (() => void)[] = [];
  #search = Promise.withResolvers<Box[] | undefined>();
  readonly search: FaceSearch;

  constructor() {
    const clock: Clock = {
      now: () => this.time,
      waitAtMost: async (_milliseconds, promise) => {
        const late = Promise.withResolvers<void>();
        this.#late.push(late.resolve);
        await Promise.race([promise, late.promise]);
      },
    };
    this.search = new FaceSearch({
      ...{ scan, picture: size, neighbours: 3, clock },
      team: {
        search: (pixels) => {
          this.asked.push(pixels);
          this.#search = Promise.withResolvers();
          return this.#search.promise;
        },
        abandon: () => {
          this.abandoned++;
          this.#search.resolve(undefined);
          return Promise.resolve();
        },
        [Symbol.dispose]: () => {},
      },
    });
  }

  /** The team returns the hits of the last picture. */
  async answer(): Promise<void> {
    const pixels = this.asked.at(-1);
    this.#search.resolve(pixels && hitsOf(pixels));
    await settled();
  }

  fail(why: Error): Promise<void> {
    this.#search.reject(why);
    return settled();
  }

  /** Ends all pending waits: the time is over. */
  late(): void {
    for (const over of this.#late.splice(0)) over();
  }

  /** Searches a first picture; its search takes `takes` milliseconds. */
  async begin(pixels: Uint8Array, takes: number): Promise<readonly Box[]> {
    for (let times = 0; times < 2; times++) { // the first search does not count: it is slow
      const found = this.search.find(pixels);
      await settled();
      this.time += takes;
      await this.answer();
      await found;
    }
    return await this.search.find(pixels, 1);
  }
}

/** Waits until all pending promise callbacks have run. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await Promise.resolve();
}

Deno.test("FaceSearch.find() waits for the search of the first picture", async () => {
  const stage = new Stage();
  const pixels = picture(20);
  const found = stage.search.find(pixels);
  await settled();
  await stage.answer();
  assertEquals(await found, groupBoxes(hitsOf(pixels), 3));
});

Deno.test("FaceSearch.find() waits for the picture's own search if that is fast", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 0.2 * INTERVAL);
  await stage.answer(); // of the search that the last picture started
  const pixels = picture(70, 40);
  const found = stage.search.find(pixels, INTERVAL);
  await settled();
  assertEquals(stage.asked.at(-1), pixels);
  await stage.answer();
  assertEquals(await found, groupBoxes(hitsOf(pixels), 3));
});

Deno.test("FaceSearch.find() follows the face while a search is under way, with the same boxes", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 5 * INTERVAL);
  const asked = stage.asked.length;
  for (let left = 22; left < 60; left += 4) {
    const pixels = picture(left);
    const [box, ...more] = await stage.search.find(pixels, INTERVAL);
    const [expected] = groupBoxes(hitsOf(pixels), 3);
    assertEquals(more, []);
    assert(overlap(box!, expected!) > 0.9, `${box} at ${left}, expected ${expected}`);
  }
  assertEquals(stage.asked.length, asked); // one search in flight
});

Deno.test("FaceSearch.find() follows the result of a late search from its picture to the current one", async () => {
  const stage = new Stage();
  await stage.begin(new Uint8Array(WIDTH * HEIGHT), 3 * INTERVAL);
  await stage.answer();
  assertEquals(await stage.search.find(picture(20), INTERVAL), []); // its search begins
  assertEquals(await stage.search.find(picture(24), INTERVAL), []);
  await stage.answer();
  const pixels = picture(28);
  const [box] = await stage.search.find(pixels, INTERVAL);
  assert(overlap(box!, groupBoxes(hitsOf(pixels), 3)[0]!) > 0.9);
});

Deno.test("FaceSearch.find() drops a face if a search of that picture would not find it", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 5 * INTERVAL);
  assertEquals((await stage.search.find(picture(20), INTERVAL)).length, 1);
  assertEquals(await stage.search.find(picture(20).map((gray) => gray >> 5), INTERVAL), []);
});

Deno.test("FaceSearch.find() drops a face that the search of its picture did not find", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 3 * INTERVAL);
  await stage.answer();
  assertEquals((await stage.search.find(picture(20), INTERVAL)).length, 1);
  stage.asked.push(new Uint8Array(WIDTH * HEIGHT)); // the search finds nothing
  await stage.answer();
  stage.asked.pop();
  assertEquals(await stage.search.find(picture(20), INTERVAL), []);
});

Deno.test("FaceSearch.find() starts one new search at a scene cut", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 5 * INTERVAL);
  const asked = stage.asked.length;
  const dark = new Uint8Array(WIDTH * HEIGHT).fill(3);
  assertEquals(await stage.search.find(dark, INTERVAL), []);
  assertEquals([stage.abandoned, stage.asked.length], [1, asked + 1]);
  assertEquals(stage.asked.at(-1), dark);
  await stage.search.find(picture(20), INTERVAL); // flashes do not restart searches
  assertEquals([stage.abandoned, stage.asked.length], [1, asked + 1]);
});

Deno.test("FaceSearch.find() does not wait longer than the interval", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 0.2 * INTERVAL);
  await stage.answer();
  const found = stage.search.find(picture(24), INTERVAL);
  await settled();
  stage.late();
  assertEquals((await found).length, 1); // followed
});

Deno.test("FaceSearch.find() throws the error of a failed search", async () => {
  const stage = new Stage();
  await stage.begin(picture(20), 5 * INTERVAL);
  await stage.fail(new Error("no Worker"));
  for (let times = 0; times < 2; times++) {
    await assertRejects(() => stage.search.find(picture(20), INTERVAL), Error, "no Worker");
  }
});

Deno.test("FaceSearch.findOwn() waits for each picture's own search", async () => {
  const stage = new Stage();
  for (const left of [0, 40, 80]) {
    const pixels = picture(left);
    const found = stage.search.findOwn(pixels);
    await stage.answer();
    assertEquals(await found, groupBoxes(hitsOf(pixels), 3));
  }
});
