import { assert, assertEquals } from "../assert.ts";
import { type Cv, cv, cvMessage, type Mat } from "../../lib/vision/cv.ts";
import { defineFilter } from "../../lib/vision/filter.ts";
import { filterCases } from "./filter_cases.ts";
import { liveBytes } from "./live_bytes.ts";
import { noise, picture, Running, type Size } from "./run_filter.ts";

const SIZE = { width: 64, height: 48 };

/** Weak noise, and a moving white box. */
function scene(frame: number, size: Size): Mat {
  const left = frame * 3 % 50;
  return picture(size, (x, y) => {
    return x >= left && x < left + 12 && y >= 10 && y < 30 ? 255 : noise(x, y) >> 3;
  });
}

const scenes = Array.from({ length: 50 }, (_, frame) => scene(frame, SIZE));

function run(filter: Running, frames: number): void {
  for (let frame = 0; frame < frames; frame++) filter.feed(scenes[frame % scenes.length]!.clone());
}

/** Every filter on gray pictures and on ones with colors. */
const cases = filterCases.flatMap(({ definition, parameters }) =>
  (definition.name === "inrange" ? [true] : [false, true])
    .map((color) => [definition, parameters, color] as const)
);

for (const [definition, parameters, color] of cases) {
  const name = [definition.name, ...Object.values(parameters), color ? "in color" : "in gray"]
    .join(" ");

  Deno.test(`${name} accepts pictures of any size, black and white ones too`, () => {
    for (const size of [[1, 1], [1, 9], [9, 1], [2, 2], [4, 3], [33, 17]]) {
      const [width = 0, height = 0] = size;
      using filter = new Running(definition, { width, height }, parameters, { color });
      const shades = [() => 0, () => 0, noise, () => 255, (x: number) => noise(x, 9), noise];
      for (const shade of shades) {
        try {
          filter.feed(picture({ width, height }, shade));
        } catch (thrown) {
          throw new Error(`${size}: ${cvMessage(thrown)}`, { cause: thrown });
        }
      }
    }
  });

  Deno.test(`${name} leaks nothing in 500 frames`, () => {
    using filter = new Running(definition, SIZE, parameters, { color });
    run(filter, 50);
    const before = liveBytes();
    run(filter, 500);
    assertEquals(liveBytes() - before, 0);
  });

  Deno.test(`${name} leaks nothing when it is created and closed`, () => {
    const once = () => {
      using filter = new Running(definition, SIZE, parameters, { color });
      run(filter, 3);
    };
    once();
    const before = liveBytes();
    for (let time = 0; time < 20; time++) once();
    assertEquals(liveBytes() - before, 0);
  });

  Deno.test(`${name} leaks nothing when OpenCV fails`, () => {
    const watched = new Faulty();
    using filter = new Running(definition, SIZE, parameters, { opencv: watched.cv, color });
    watched.used.clear();
    run(filter, 10);
    for (const used of watched.used) {
      watched.failing = used;
      failures(filter);
      const before = liveBytes();
      assert(failures(filter) > 0, `${used} was not called`);
      assertEquals([used, liveBytes() - before], [used, 0]);
      watched.failing = "";
      run(filter, 10);
    }
  });
}

for (
  const [name, forget] of [["Mat", () => new cv.Mat()], [
    "point",
    () => new cv.RectVector(),
  ]] as const
) {
  Deno.test(`liveBytes() detects a ${name} that leaks in each frame`, () => {
    const leaking = defineFilter({
      name: "leaking",
      summary: "",
      parameters: {},
      reports: "",
      create: () => ({ process: () => void forgotten.push(forget()) }),
    });
    const forgotten: Disposable[] = [];
    using filter = new Running(leaking, SIZE);
    run(filter, 50);
    const before = liveBytes();
    run(filter, 500);
    assert(liveBytes() - before >= 500 * 16, `${liveBytes() - before}`);
    for (const object of forgotten) object[Symbol.dispose]();
  });
}

const CLASS = /^(Mat|Size|Point|Rect|CLAHE|\w+Vector|Background\w+)$/;

/** OpenCV with one function that throws. It records the functions that are called. */
class Faulty {
  readonly used = new Set<string>();
  failing = "";
  readonly cv: Cv = new Proxy(cv, {
    get: (target, name: keyof Cv & string) => {
      const value = target[name];
      if (typeof value !== "function" || CLASS.test(name)) return value;
      this.used.add(name);
      if (name !== this.failing) return value;
      return () => {
        throw new Error(`${name} fails`);
      };
    },
  });
}

/** The number of frames, of 50, in which the filter fails. */
function failures(filter: Running): number {
  let count = 0;
  for (const scene of scenes) {
    using mat = scene.clone();
    try {
      using _result = filter.process(mat);
    } catch {
      count++;
    }
  }
  return count;
}
