/** Tests how models are recognised: by the shapes of their outputs, at the sizes of well-known models. */

import { assertEquals } from "../../assert.ts";
import { recogniseForm } from "../../../lib/vision/onnx/model_form.ts";
import type { Output } from "../../../lib/vision/onnx/tensors.ts";

type Shapes = { readonly [name: string]: readonly number[] };

const yunet: Shapes = Object.fromEntries(
  [8, 16, 32].flatMap((stride) =>
    Object.entries({ cls: 1, obj: 1, bbox: 4, kps: 10 })
      .map(([part, size]) => [`${part}_${stride}`, [1, (640 / stride) ** 2, size]])
  ),
);

const known: [what: string, shapes: Shapes, name: string, classes: number, side?: number][] = [
  ["YOLOv8 and YOLO11", { output0: [1, 84, 8400] }, "YOLOv8", 80],
  ["YOLOv8 with one class", { output0: [1, 5, 8400] }, "YOLOv8", 1],
  ["YOLOv8 with masks", { output0: [1, 116, 8400], output1: [1, 32, 160, 160] }, "YOLOv8", 112],
  ["YOLOv8 with 200 classes at 64x64", { output0: [1, 204, 84] }, "YOLOv8", 200, 64],
  ["YOLOv5 and YOLOv7", { output0: [1, 25200, 85] }, "YOLOv5", 80],
  ["YOLOv5 with one class", { output0: [1, 25200, 6] }, "YOLOv5", 1],
  ["YOLOv6", { outputs: [1, 8400, 85] }, "YOLOv5", 80],
  ["YOLOv10", { output0: [1, 300, 6] }, "YOLO, end to end", 1000],
  ["UltraFace", { scores: [1, 4420, 2], boxes: [1, 4420, 4] }, "SSD", 1],
  ["torchvision", { boxes: [0, 4], labels: [0], scores: [0] }, "SSD", 1000],
  [
    "TensorFlow",
    {
      "detection_boxes:0": [1, 100, 4],
      "detection_classes:0": [1, 100],
      "detection_scores:0": [1, 100],
      "num_detections:0": [1],
    },
    "SSD",
    1000,
  ],
  ["OpenVINO", { detection_out: [1, 1, 200, 7] }, "SSD", 1000],
  ["YuNet", yunet, "YuNet", 1],
  ["ResNet", { logits: [1, 1000] }, "classification", 1000],
  ["SqueezeNet", { softmaxout_1: [1, 1000, 1, 1] }, "classification", 1000],
];
for (const [what, shapes, name, classes, side = 640] of known) {
  Deno.test(`recogniseForm() knows ${what}`, () => {
    const form = recogniseForm(outputsOf(shapes), sized(side));
    assertEquals([form?.name, form?.classes], [name, classes]);
  });
}

const unknown: [what: string, shapes: Shapes][] = [
  ["DETR", { logits: [1, 100, 92], pred_boxes: [1, 100, 4] }],
  ["masks alone", { out: [1, 21, 520, 520] }],
  ["a batch of four", { output0: [4, 84, 8400] }],
  ["boxes without scores", { output0: [1, 8400, 4] }],
  ["one number", { out: [1, 1] }],
  ["no outputs", {}],
];
for (const [what, shapes] of unknown) {
  Deno.test(`recogniseForm() does not take ${what} for anything`, () => {
    assertEquals(recogniseForm(outputsOf(shapes), sized(640)), undefined);
  });
}

Deno.test("recogniseForm() reads as many classes as the model names: what follows are masks or points", () => {
  const pose = outputsOf({ output0: [1, 56, 8400] });
  const input = { width: 640, height: 640 };
  assertEquals(recogniseForm(pose, { input, labels: 1 })?.classes, 1);
});

function sized(side: number) {
  return { input: { width: side, height: side }, labels: undefined };
}

function outputsOf(shapes: Shapes): Output[] {
  return Object.entries(shapes).map(([name, dims]) => ({ name, dims, data: [] }));
}
