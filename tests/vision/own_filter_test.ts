/** Tests the user's own filters, loaded from modules, on gray frames and on frames with colors. */

import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStringIncludes,
} from "../assert.ts";
import { frameBytes, type FrameFormat, grayFormat } from "../../lib/frame/frame_format.ts";
import { planesOf } from "../../lib/frame/plane.ts";
import { planOwn } from "../../lib/vision/own_filter.ts";
import type { StagePlan } from "../../lib/vision/stage.ts";
import {
  type Bytes,
  colorFormat,
  colorFrame,
  grayOf,
  processed,
  type Yuv,
  yuv,
} from "./color_frames.ts";
import { liveBytes } from "./live_bytes.ts";
import { noise } from "./run_filter.ts";

const BGR = 'export const pixels = "bgr";\n';

/** The stage of a module. */
async function plan(source: string): Promise<StagePlan> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(path, source);
    return await planOwn(`file://${path}`, { level: "7" });
  } finally {
    await Deno.remove(path);
  }
}

/** A module whose `process` has this body. */
function module(body: string): string {
  return `export default ({ cv, width, height, color, options, report }) => {
    let calls = 0; // the chain closes the filter after its black picture, and starts it again
    return { process(mat) { calls++; ${body} } };
  };`;
}

/** Four areas: red, green, blue and gray. */
const COLORS = [[255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90]] as const;
function areas({ width, height }: FrameFormat): Bytes {
  return colorFrame(colorFormat(width, height), (x, y) => {
    const [red, green, blue] = COLORS[Number(x * 2 >= width) + 2 * Number(y * 2 >= height)]!;
    return yuv(red, green, blue);
  });
}

const FORMAT = colorFormat(16, 12);
const GRAY_BYTES = frameBytes(grayFormat(FORMAT));
const noisy = colorFrame(FORMAT, (x, y) => [noise(x, y), noise(x, y + 50), noise(x + 50, y)]);

Deno.test("an own filter changes the gray plane, in place or with a returned Mat, and the colors stay", async () => {
  const bodies = [
    "mat.data.forEach((value, i) => mat.data[i] = 255 - value);",
    "const negative = new cv.Mat(); cv.bitwise_not(mat, negative); return negative;",
  ];
  for (const body of bodies) {
    const { output, frames } = await processed([await plan(module(body))], FORMAT, [noisy]);
    assertEquals(output, FORMAT);
    assertEquals(frames[0], noisy.map((value, at) => at < GRAY_BYTES ? 255 - value : value));
  }
});

Deno.test("an own filter gets the options, the size, whether there are colors, and no more of the frame than its Mat", async () => {
  const source = `export default ({ cv, report, ...context }) => ({
    process(...given) {
      report({ ...context, type: given[0].type() === cv.CV_8UC1 ? "gray" : "bgr", given: given.length });
    },
  });`;
  const wanted = { width: 16, height: 12, options: { level: "7" }, given: 2 };
  const gray = grayOf(FORMAT, [noisy]);
  for (const [text, type] of [[source, "gray"], [BGR + source, "bgr"]] as const) {
    const inColor = await processed([await plan(text)], FORMAT, [noisy]);
    const inGray = await processed([await plan(text)], gray.format, gray.frames);
    const what = ({ events }: typeof inGray) => {
      const { sequence: _, capturedAt: __, filter: ___, ...report } = events[0]!;
      return report;
    };
    assertEquals(what(inColor), { ...wanted, color: true, type });
    assertEquals(what(inGray), { ...wanted, color: false, type });
  }
});

Deno.test("an own filter that changes the size of the gray plane scales the colors too", async () => {
  const half = module(`const small = new cv.Mat();
    cv.resize(mat, small, new cv.Size(7, 5));
    return small;`);
  const inPlace = module("cv.resize(mat, mat, new cv.Size(7, 5));");
  for (const source of [half, inPlace]) {
    const one = colorFrame(FORMAT, () => [70, 30, 210]);
    const { output, planes, faults } = await processed([await plan(source)], FORMAT, [one, one]);
    assertEquals([output, faults], [colorFormat(7, 5), []]);
    assertEquals(planes.map(({ width, height }) => [width, height]), [[7, 5], [4, 3], [4, 3]]);
    assertEquals(planes.map(({ pixels }) => [...new Set(pixels)]), [[70], [30], [210]]);
  }
});

Deno.test('pixels = "bgr" gives the filter blue, green and red', async () => {
  for (const format of [FORMAT, colorFormat(12, 8)]) {
    const source = BGR + module(`
      const at = (x, y) => [...mat.data.subarray(3 * (y * width + x), 3 * (y * width + x) + 3)];
      report({ type: mat.type() === cv.CV_8UC3,
        bgr: [at(0, 0), at(width - 1, 0), at(0, height - 1), at(width - 1, height - 1)] });`);
    const { events } = await processed([await plan(source)], format, [areas(format)]);
    assertEquals(events[0]!.type, true);
    const found = (events[0]!.bgr as number[][]).map((bgr) => bgr.toReversed());
    assertNear(found.flat(), COLORS.flat(), 2);
  }
});

Deno.test('pixels = "bgr" keeps the colors of a filter that returns nothing', async () => {
  for (const format of [FORMAT, colorFormat(15, 11), colorFormat(5, 3), colorFormat(1, 1)]) {
    const frame = areas(format);
    const { output, frames } = await processed([await plan(BGR + module(""))], format, [frame]);
    assertEquals(output, format);
    // At odd sizes, a sample of U and V is partly in another area: gray pixels get its color, which some cannot have.
    if (format.width % 4 === 0) assertNear(frames[0]!, [...frame], 2);
    else assertEquals(frames[0]!.length, frame.length);
  }
});

Deno.test('pixels = "bgr" shows what the filter draws in place, or returns, in its color', async () => {
  const bodies = [
    "mat.setTo([0, 0, 255, 255]);",
    "return new cv.Mat(mat.rows, mat.cols, cv.CV_8UC3, [0, 0, 255, 255]);",
    "const large = new cv.Mat(50, 50, cv.CV_8UC3, [0, 0, 255, 255]); const part = large.roi(new cv.Rect(3, 3, 16, 12)); large.delete(); return part;",
  ];
  for (const body of bodies) {
    const { planes, faults } = await processed([await plan(BGR + module(body))], FORMAT, [noisy]);
    assertEquals(faults, []);
    yuv(255, 0, 0).forEach((value, plane) => assertNear(planes[plane]!.pixels, [value], 1));
  }
});

Deno.test('pixels = "bgr" can return a part of its Mat, and another size', async () => {
  const bodies: [body: string, width: number, height: number][] = [
    ["return mat.roi(new cv.Rect(8, 0, 7, 5));", 7, 5],
    ["const part = mat.roi(new cv.Rect(8, 0, 7, 5)); mat.delete(); return part;", 7, 5],
    ["cv.resize(mat, mat, new cv.Size(33, 17)); mat.setTo([0, 255, 0, 255]);", 33, 17],
  ];
  for (const [body, width, height] of bodies) {
    const stage = await plan(BGR + module(body));
    const { output, planes, faults } = await processed([stage], FORMAT, [
      areas(FORMAT),
      areas(FORMAT),
    ]);
    assertEquals([output, faults], [colorFormat(width, height), []]);
    yuv(0, 255, 0).forEach((value, plane) => assertNear(planes[plane]!.pixels, [value], 2));
  }
});

Deno.test('pixels = "bgr" can return a gray Mat, new or its own: no colors', async () => {
  const bodies = [
    "return new cv.Mat(mat.rows, mat.cols, cv.CV_8UC1, [77, 0, 0, 0]);",
    "cv.cvtColor(mat, mat, cv.COLOR_BGR2GRAY); mat.setTo([77, 0, 0, 0]);",
    "cv.cvtColor(mat, mat, cv.COLOR_BGR2GRAY); mat.setTo([77, 0, 0, 0]); return mat;",
  ];
  for (const body of bodies) {
    const { output, planes, faults } = await processed([await plan(BGR + module(body))], FORMAT, [
      noisy,
    ]);
    assertEquals([output, faults], [FORMAT, []]);
    assertEquals(planes.map(({ pixels }) => [...new Set(pixels)]), [[77], [128], [128]]);
  }
});

Deno.test('pixels = "bgr" on a gray stream gets three equal channels, and the stream stays gray', async () => {
  const { format, frames } = grayOf(FORMAT, [noisy]);
  const still = await processed([await plan(BGR + module(""))], format, frames);
  assertEquals([still.output, still.frames], [format, frames]);
  const red = await processed(
    [await plan(BGR + module("mat.setTo([0, 0, 255, 255]);"))],
    format,
    frames,
  );
  assertEquals([...new Set(red.frames[0])], [76]);
});

Deno.test('pixels = "gray" is the default; another value is an error that lists the valid ones', async () => {
  assertEquals((await plan(module(""))).pixels, "gray");
  assertEquals((await plan(`export const pixels = "gray";\n${module("")}`)).pixels, "gray");
  for (const value of ['"rgb"', "7", "null", "{}", "10n", "() => 1", "Symbol()"]) {
    const thrown = await assertRejects(
      () => plan(`export const pixels = ${value};\n${module("")}`),
      TypeError,
      "exports pixels = ",
    );
    assertStringIncludes(thrown.message, '; expected "gray" or "bgr"');
  }
});

/** What `process` can do with its Mat, and the fault that is reported. */
const behaviours: [what: string, body: string, fault?: string][] = [
  ["does nothing", ""],
  ["draws", "mat.setTo([1, 2, 3, 0]);"],
  ["returns its Mat", "return mat;"],
  ["returns a copy", "return mat.clone();"],
  ["returns a part", "return mat.roi(new cv.Rect(2, 3, 7, 5));"],
  ["deletes its Mat and returns a copy", "const copy = mat.clone(); mat.delete(); return copy;"],
  ["resizes its Mat", "cv.resize(mat, mat, new cv.Size(7, 5));"],
  [
    "returns another size each time",
    "return new cv.Mat(calls, calls, mat.type(), [9, 9, 9, 9]);",
    "it changed its size from 1x1; it is scaled to that",
  ],
  ["returns a gray Mat", "const gray = new cv.Mat(12, 16, cv.CV_8UC1, [9, 9, 9, 9]); return gray;"],
  ["throws", 'if (calls > 1) { mat.setTo([0, 0, 0, 0]); throw new Error("oops"); }', "oops"],
  [
    "throws after it deleted its Mat",
    'if (calls > 1) { mat.delete(); throw new Error("oops"); }',
    "oops",
  ],
  ["deletes its Mat", "if (calls > 1) mat.delete();", "it deleted the Mat"],
  ["returns text", 'if (calls > 1) return "x";', "something that is not a Mat"],
  ["returns floats", "if (calls > 1) return new cv.Mat(12, 16, cv.CV_32FC1);", "empty or n"],
  ["returns four channels", "if (calls > 1) return new cv.Mat(12, 16, cv.CV_8UC4);", "empty or n"],
  ["returns an empty Mat", "if (calls > 1) return new cv.Mat();", "empty or n"],
  ["makes its Mat floats", "if (calls > 1) mat.convertTo(mat, cv.CV_32F);", "empty or n"],
];
const kinds: [kind: string, head: string, format: FrameFormat][] = [
  ["gray, on gray frames", "", grayFormat(FORMAT)],
  ["gray, on colors", "", FORMAT],
  ["BGR, on gray frames", BGR, grayFormat(FORMAT)],
  ["BGR, on colors", BGR, FORMAT],
];
for (const [kind, head, format] of kinds) {
  for (const [what, body, fault] of behaviours) {
    Deno.test(`an own filter (${kind}) that ${what} leaks nothing${fault ? ", and the frame stays as it was" : ""}`, async () => {
      const stage = await plan(head + module(body));
      const frames = Array.from({ length: 90 }, () => noisy.slice(0, frameBytes(format)));
      const run = () => processed([stage], format, frames);
      const { faults } = await run();
      const before = liveBytes();
      const result = await run();
      assertEquals(liveBytes() - before, 0);
      assertEquals(faults.length, fault ? 1 : 0, faults.join("\n"));
      assertStringIncludes(faults.join(), fault ?? "");
      // The first frame is without a failure.
      if (fault && !what.includes("size")) assertEquals(result.frames.slice(1), frames.slice(1));
    });
  }
}

Deno.test('pixels = "bgr": colors survive ten filters that return nothing', async () => {
  const format = colorFormat(16, 12);
  const frame = colorFrame(
    format,
    (x, y): Yuv => [128, 118 + noise(x, y) % 20, 118 + noise(y, x) % 20],
  );
  const stages = await Promise.all(Array.from({ length: 10 }, () => plan(BGR + module(""))));
  const { planes } = await processed(stages, format, [frame]);
  const before = planesOf({ format, pixels: frame });
  planes.forEach((plane, at) => assertNear(plane.pixels, [...before[at]!.pixels], 2));
});

function assertNear(found: Iterable<number>, wanted: readonly number[], within: number): void {
  const values = [...found];
  assert(values.length > 0);
  values.forEach((value, i) => {
    const expected = wanted[i % wanted.length]!;
    assertLessOrEqual(Math.abs(value - expected), within, `${i}: ${value}, not ${expected}`);
  });
}
