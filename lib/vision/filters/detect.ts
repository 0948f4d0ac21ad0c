/** `detect`: the things that an ONNX model detects, such as YOLO, SSD or YuNet. */

import { defineCrewDetector, detectorParameters, number, text, whole } from "../filter.ts";
import { readLabels, readModel, readOrtWasm } from "../onnx/model_files.ts";
import { OnnxCrew } from "../onnx/onnx_crew.ts";

const MAX_WORKERS = 16;

export const detect = defineCrewDetector({
  name: "detect",
  summary: "what an ONNX model detects: YOLO, SSD, YuNet, or a classification",
  parameters: {
    model: text("", { help: "the path of the model, one .onnx file" }),
    classes: text("", {
      help: "the labels to keep, joined with +, such as person+dog; all without",
    }),
    confidence: number(0.25, { from: 0, to: 1, help: "detections with a lower score are dropped" }),
    iou: number(0.45, {
      from: 0,
      to: 1,
      help:
        "of two boxes of one label that overlap more (intersection over union), the better stays",
    }),
    labels: text("", {
      help: "the path of a file with a label in each line; without it, the names inside the model",
    }),
    size: whole(0, {
      from: 0,
      to: 4096,
      help: "the side of the model's input in pixels, where the model leaves it open; 0: 640",
    }),
    ...detectorParameters,
    workers: whole(1, {
      from: 1,
      to: MAX_WORKERS,
      help: "threads that detect in turns, each with a copy of the model",
    }),
    sync: whole(0, {
      from: 0,
      to: 1,
      help: "1: each picture waits for its own detection (exact, but more latency)",
    }),
  },
  reports: "boxes, labels and scores; landmarks, five points of each face (YuNet); " +
    "labels and scores alone (classification)",
  note:
    "tried with a model of each form whose weights were made by hand, none from the web; licenses " +
    "of known ones: YOLOv5, v8, v10, 11 AGPL-3.0; YOLOv6, v7 GPL-3.0; YuNet, UltraFace MIT; TensorFlow's " +
    "SSD Apache-2.0",
  detections: "boxes",
  needsColor: true,
  crew: ({ format, options: { workers, labels, classes, ...options } }) => {
    if (options.model === "") {
      throw new Error("the model is missing: detect=model=FILE.onnx");
    }
    return new OnnxCrew({
      workers,
      model: readModel(options.model),
      wasm: readOrtWasm(),
      options: {
        ...options,
        classes: classes.split("+").map((name) => name.trim()).filter((name) => name !== ""),
        labels: labels === "" ? undefined : readLabels(labels),
      },
      format,
    });
  },
});
