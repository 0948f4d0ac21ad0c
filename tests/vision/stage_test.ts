/** Tests what a stage leaves behind when something fails. */

import { assertEquals, assertThrows } from "../assert.ts";
import { type Cv, cv } from "../../lib/vision/cv.ts";
import type { Filter } from "../../lib/vision/filter.ts";
import { deletePicture, newPicture } from "../../lib/vision/picture.ts";
import { Stage, type StagePlan } from "../../lib/vision/stage.ts";
import { colorFormat, colorFrame, plansOf } from "./color_frames.ts";
import { liveBytes } from "./live_bytes.ts";

const FORMAT = colorFormat(16, 12);
const FACTS = { sequence: 0, capturedAt: 0 };
const report = () => {};
const frame = colorFrame(FORMAT, (x, y) => [x, y, 200]);

function plan(filter: Filter, more: Partial<StagePlan> = {}): StagePlan {
  const start = () => filter;
  return {
    name: "test",
    own: true,
    detector: false,
    pixels: "gray",
    removesColor: false,
    start,
    ...more,
  };
}

/** OpenCV with a function that fails from its n-th call on. */
function failing(name: keyof Cv, from: number): Cv {
  let calls = 0;
  return new Proxy(cv, {
    get: (target, key: keyof Cv) => {
      if (key !== name || ++calls < from) return target[key];
      return () => {
        throw new Error(`${name} fails`);
      };
    },
  });
}

for (const [plane, from] of [["U", 1], ["V", 2]] as const) {
  Deno.test(`Stage.process() leaks nothing, and keeps the picture, if it cannot scale ${plane}`, () => {
    const smaller = plan({ process: () => new cv.Mat(5, 7, cv.CV_8UC1) });
    const once = () => {
      const stage = new Stage(failing("resize", from), smaller, { format: FORMAT, report });
      const picture = newPicture(cv, FORMAT, frame);
      assertThrows(() => stage.process(picture, FACTS), Error, "resize fails");
      const mats = [picture.gray, ...picture.chroma!];
      assertEquals(mats.flatMap(({ data }) => [...data]), [...frame]);
      deletePicture(picture);
      stage.close();
    };
    once();
    const before = liveBytes();
    for (let time = 0; time < 20; time++) once();
    assertEquals(liveBytes() - before, 0);
  });
}

Deno.test("Stage.process() leaks nothing if a moving filter fails on U or V", () => {
  const [rotate] = plansOf("rotate");
  for (const failsAt of [1, 2]) {
    let calls = 0;
    const startChroma: StagePlan["startChroma"] = (input, of) => {
      const filter = rotate!.startChroma!(input, of);
      const process: Filter["process"] = (...given) => {
        if (++calls % 2 === failsAt % 2) throw new Error("oops");
        return filter.process(...given);
      };
      return { process, close: () => filter.close?.() };
    };
    const once = () => {
      calls = 0;
      const stage = new Stage(cv, { ...rotate!, startChroma }, { format: FORMAT, report });
      const picture = newPicture(cv, FORMAT, frame);
      assertThrows(() => stage.process(picture, FACTS), Error, "oops");
      assertEquals(calls, failsAt);
      deletePicture(picture);
      stage.close();
    };
    once();
    const before = liveBytes();
    for (let time = 0; time < 20; time++) once();
    assertEquals(liveBytes() - before, 0);
  }
});

Deno.test("Stage closes the filter if the one for U and V cannot start", () => {
  let closed = 0;
  const broken = plan({ process() {}, close: () => void closed++ }, {
    startChroma: () => {
      throw new Error("oops");
    },
  });
  assertThrows(() => new Stage(cv, broken, { format: FORMAT, report }), Error, "oops");
  assertEquals(closed, 1);
});

Deno.test("Stage.outputFormat() closes the filter and leaks nothing, also if the filter throws", () => {
  let closed = 0;
  const close = () => void closed++;
  const works = plan({ process: () => new cv.Mat(5, 7, cv.CV_8UC1), close });
  const throws = plan({
    process: () => {
      throw new Error("oops");
    },
    close,
  });
  const once = () => {
    assertEquals(Stage.outputFormat(cv, works, FORMAT), colorFormat(7, 5));
    assertThrows(() => Stage.outputFormat(cv, throws, FORMAT), Error, "oops");
  };
  once();
  const before = liveBytes();
  for (let time = 0; time < 20; time++) once();
  assertEquals([liveBytes() - before, closed], [0, 42]);
});
