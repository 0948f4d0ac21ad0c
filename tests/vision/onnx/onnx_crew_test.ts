/** Tests models in their Workers: options, forms of pictures, and frames in turns. */

import { assert, assertEquals, assertRejects } from "../../assert.ts";
import { frameBytes, type FrameFormat } from "../../../lib/frame/frame_format.ts";
import { BackgroundDetector } from "../../../lib/vision/background_detector.ts";
import { cv } from "../../../lib/vision/cv.ts";
import { deletePicture, newPicture } from "../../../lib/vision/picture.ts";
import { classifier, tensorFlow, yolo8, yunet } from "./models.ts";
import { openCrew } from "./open_crew.ts";

const shape = { width: 64, height: 64, cell: 32 };
const format: FrameFormat = { width: 64, height: 64, pixels: "yuv420p" };

/** A frame of one color: red, or blue. */
function plain(color: "red" | "blue", of = format): Uint8Array<ArrayBuffer> {
  const [y, u, v] = color === "red" ? [76, 85, 255] as const : [29, 255, 107] as const;
  const pixels = new Uint8Array(frameBytes(of));
  const size = of.width * of.height;
  return pixels.fill(y, 0, size).fill(u, size, size * 5 / 4).fill(v, size * 5 / 4);
}

Deno.test("detect names its classes by the model, by a file, or by their numbers", async () => {
  const labelsOf = async (
    options: Parameters<typeof openCrew>[1],
    metadata?: { names: string },
  ) => {
    const model = yolo8({ width: 128, height: 128, cell: 32 }, metadata ? { metadata } : {});
    await using crew = await openCrew(model, { format, ...options });
    const { labels, scores } = await crew.detect(plain("red"));
    assert(scores?.every((score) => score > 0.9 && score <= 1));
    return new Set(labels);
  };
  assertEquals(await labelsOf({}), new Set(["red"]));
  assertEquals(await labelsOf({ labels: ["rot", "grün", "blau"] }), new Set(["rot"]));
  assertEquals(await labelsOf({}, { names: "" }), new Set(["class 0"]));
});

Deno.test("detect keeps the chosen classes, and those above the confidence", async () => {
  const count = async (options: Parameters<typeof openCrew>[1]) => {
    await using crew = await openCrew(yolo8(shape), { format, ...options });
    return (await crew.detect(plain("blue"))).boxes?.length;
  };
  assert((await count({ classes: ["blue", "red"] }) ?? 0) > 0);
  assertEquals(await count({ classes: ["red"] }), 0);
  assertEquals(await count({ confidence: 0.9999 }), 0);
});

Deno.test("detect gives a model whose size varies the size of the options", async () => {
  // The weights are for 128x128: at another size its output would have no such form.
  const model = yolo8({ width: 128, height: 128, cell: 32 }, { dynamic: true });
  await using crew = await openCrew(model, { format, size: 128 });
  assertEquals((await crew.detect(plain("red"))).labels?.[0], "red");
  await assertRejects(() => openCrew(model, { format, size: 64 }), Error, "it failed on a picture");
});

Deno.test("detect repeats gray for each channel", async () => {
  const gray = { width: 64, height: 64, pixels: "gray" } as const;
  await using crew = await openCrew(classifier(shape), { format: gray, confidence: 0 });
  const { labels, scores } = await crew.detect(new Uint8Array(64 * 64).fill(255));
  assertEquals(labels?.toSorted(), ["blue", "green", "red"]);
  assertEquals(scores, [0.3333, 0.3333, 0.3333]);
});

Deno.test("detect runs TensorFlow's SSD: bytes, channels last, top before left, classes from 1", async () => {
  await using crew = await openCrew(tensorFlow(shape), { format, labels: ["cup", "plate"] });
  const report = await crew.detect(plain("red"));
  assertEquals(report.boxes, [[6.4, 12.8, 32, 32]]);
  assertEquals(report.labels, ["plate"]);
});

Deno.test("detect reports five points of each face", async () => {
  await using crew = await openCrew(yunet({ width: 64, height: 64 }), { format });
  const { labels = [], landmarks = [] } = await crew.detect(plain("red"));
  assertEquals(new Set(labels), new Set(["face"]));
  assertEquals(landmarks.map(({ length }) => length), labels.map(() => 5));
});

Deno.test("detect with several Workers reports in the order of the frames", async () => {
  const crew = await openCrew(yolo8(shape), { format, workers: 3 });
  const options = { rate: 0, draw: true, sync: false, label: undefined };
  const detector = new BackgroundDetector(crew, options);
  const seen: number[] = [];
  const listener = {
    report: (_: unknown, { sequence }: { sequence: number }) => void seen.push(sequence),
    fault: (message: string) => {
      throw new Error(message);
    },
  };
  const ages: unknown[] = [];
  for (let sequence = 0; sequence < 30 || seen.length < 3; sequence++) {
    using owned = new DisposableStack();
    const picture = newPicture(cv, format, plain("red"));
    owned.defer(() => deletePicture(picture));
    const report = await detector.detect(picture, { sequence, capturedAt: sequence }, listener);
    if (report.boxes) ages.push(report.age === undefined || report.age > 0);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await detector.close();
  assertEquals(seen, seen.toSorted((a, b) => a - b));
  assert(ages.every((isRight) => isRight === true));
});
