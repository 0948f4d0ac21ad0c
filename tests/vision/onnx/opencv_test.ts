/**
 * The foreign check of `detect`: models of each form, on frames of several shapes, in gray and in color, find the same
 * as OpenCV's own dnn and NMSBoxes (python3-opencv).
 */

import { assert, assertEquals } from "../../assert.ts";
import type { Box, Report } from "../../../lib/frame/detection.ts";
import { frameBytes, type FrameFormat } from "../../../lib/frame/frame_format.ts";
import { overlap } from "../../../lib/vision/boxes.ts";
import { classifier, endToEnd, ssd, yolo5, yolo8, yunet } from "./models.ts";
import { LABELS } from "./models.ts";
import { openCrew } from "./open_crew.ts";

/** How far from OpenCV's result ours can be. */
const MIN_IOU = 0.99;
const MAX_SCORE_DIFFERENCE = 0.001;

const square = { width: 320, height: 320, cell: 32 };
const wide = { width: 320, height: 192, cell: 32 };

/** Letterboxes with borders above and below, left and right, and none; scaled down, up, and not at all. */
const formats: FrameFormat[] = [
  { width: 640, height: 360, pixels: "yuv420p" },
  { width: 240, height: 320, pixels: "yuv420p" },
  { width: 201, height: 155, pixels: "yuv420p" },
  { width: 320, height: 320, pixels: "yuv420p" },
];

const forms = [
  { form: "yolo8", model: yolo8(square), input: square },
  { form: "yolo8", model: yolo8(wide), input: wide },
  { form: "yolo5", model: yolo5(square), input: square },
  { form: "end-to-end", model: endToEnd(square), input: square },
  { form: "ssd", model: ssd(wide), input: wide },
  { form: "yunet", model: yunet(square), input: square },
  { form: "classification", model: classifier(square), input: square },
] as const;

interface Case {
  readonly form: string;
  readonly input: readonly [number, number];
  readonly model: string;
  readonly frame: string;
  readonly width: number;
  readonly height: number;
  readonly color: boolean;
}

Deno.test("detect finds the same as OpenCV's dnn and NMSBoxes", async (test) => {
  const directory = await Deno.makeTempDir();
  try {
    const frames = await Promise.all(formats.map(async (format, i) => {
      const pixels = colorfulPixels(format, i + 1);
      const file = `${directory}/frame${i}`;
      await Deno.writeFile(file, pixels);
      return { format, pixels, file };
    }));
    const cases: Case[] = [];
    for (const [n, { form, model, input }] of forms.entries()) {
      await Deno.writeFile(`${directory}/model${n}.onnx`, model);
      for (const { file, format: { width, height } } of frames) {
        const size = [input.width, input.height] as const;
        const own = { form, input: size, model: `${directory}/model${n}.onnx` };
        cases.push({ ...own, frame: file, width, height, color: true });
      }
    }
    const expected = await runOpenCv(`${directory}/cases.json`, cases);
    for (const [n, { form, model, input }] of forms.entries()) {
      for (const [i, { format, pixels }] of frames.entries()) {
        const name = `${form} ${input.width}x${input.height}, ${format.width}x${format.height}`;
        await test.step(name, async () => {
          await using crew = await openCrew(model, { format });
          const report = await crew.detect(pixels.slice());
          compare(report, expected[n * frames.length + i] ?? []);
        });
      }
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
});

/** The two find the same things: each of OpenCV's has one of ours, and there are no others. */
function compare(report: Report, expected: readonly (readonly number[])[]): void {
  const { boxes, labels = [], scores = [], landmarks } = report;
  assert(expected.length > 0, "OpenCV finds nothing: the check is worth nothing");
  assertEquals(labels.length, expected.length);
  const left = new Set(labels.keys());
  for (const [label = 0, score = 0, ...rest] of expected) {
    const isSame = (i: number) =>
      (labels[i] === LABELS[label] || labels[i] === `class ${label}` || labels[i] === "face") &&
      Math.abs((scores[i] ?? 0) - score) < MAX_SCORE_DIFFERENCE &&
      (!boxes || overlap(boxes[i] as Box, rest.slice(0, 4) as Box) > MIN_IOU);
    const i = [...left].find(isSame);
    if (i === undefined) throw new Error(`nothing of ours is ${label} ${score} ${rest}`);
    left.delete(i);
    const points: number[] = (landmarks?.[i] ?? []).flatMap(([x, y]) => [x, y]);
    assertEquals(points.length, rest.length - (boxes ? 4 : 0));
    points.forEach((value, at) => assert(Math.abs(value - (rest[4 + at] ?? 0)) < 0.5));
  }
}

/** Debian's own Python, which has python3-opencv; another one may be the first in PATH. */
async function runOpenCv(file: string, cases: readonly Case[]): Promise<number[][][]> {
  await Deno.writeTextFile(file, JSON.stringify(cases));
  const script = new URL("./opencv_dnn.py", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command("/usr/bin/python3", {
    args: [script, file],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout)).results;
}

/** A picture with large spots of changing colors and noise, so that no two places have the same score. */
function colorfulPixels(format: FrameFormat, seed: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(frameBytes(format));
  const { width, height } = format;
  const columns = Math.ceil(width / 2);
  let random = seed;
  const noise = () => (random = (random * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
  for (let i = 0; i < width * height; i++) pixels[i] = 60 + 80 * noise();
  for (let plane = 0; plane < 2; plane++) {
    const start = width * height + plane * columns * Math.ceil(height / 2);
    for (let i = 0; i < columns * Math.ceil(height / 2); i++) {
      const [x, y] = [(i % columns) / columns, Math.floor(i / columns) / columns];
      const wave = Math.sin(7 * x + 3 * plane + seed) * Math.cos(5 * y - 2 * plane);
      pixels[start + i] = 128 + 110 * wave + 12 * (noise() - 0.5);
    }
  }
  return pixels;
}
