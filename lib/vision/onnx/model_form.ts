/**
 * The form of a model: how its input is filled and its outputs are read. It is recognised by the shapes of the outputs,
 * measured with a blank picture, since declared shapes may vary.
 */

import type { FrameSize } from "../../frame/frame_size.ts";
import { readClasses } from "./classification.ts";
import type { Candidate } from "./onnx_messages.ts";
import type { ValueRange } from "./picture_input.ts";
import { ssdForm } from "./ssd_form.ts";
import type { Output } from "./tensors.ts";
import { readEndToEnd, readYolo5, readYolo8 } from "./yolo.ts";
import { isYunet, readYunet } from "./yunet.ts";

export interface ModelForm {
  /** Its name in messages. */
  readonly name: string;
  readonly range: ValueRange;
  /** Whether it looks at the whole picture: reports labels and no boxes. */
  readonly whole: boolean;
  /** Whether its boxes overlap. */
  readonly overlapping: boolean;
  readonly classes: number;
  /** The label of its only class, where the model has no names. */
  readonly label?: string;
  /** Reads all candidates with a higher score than `confidence`. */
  readonly read: (outputs: readonly Output[], options: ReadOptions) => Candidate[];
}

export interface ReadOptions {
  readonly confidence: number;
  /** The size of the model's input. */
  readonly input: FrameSize;
  /** The classes to keep; undefined: all. */
  readonly wanted: ReadonlySet<number> | undefined;
}

/** The forms, for messages. */
export const FORMS =
  "YOLOv5, YOLOv8, YOLO11, YOLOv10 and later (end to end), SSD (boxes and scores), YuNet, classification";

const RGB = { order: "rgb", mean: [0, 0, 0] } as const;
const SHARES = { ...RGB, deviation: [255, 255, 255] } as const;
const BGR_BYTES = { order: "bgr", mean: [0, 0, 0], deviation: [1, 1, 1] } as const;
/** The means and deviations of ImageNet, with which torchvision's models are trained. */
const IMAGENET = {
  order: "rgb",
  mean: [123.675, 116.28, 103.53],
  deviation: [58.395, 57.12, 57.375],
} as const;

const DETECTOR = { whole: false, overlapping: true } as const;

/** The form of a model with these outputs; undefined if it is none of the known ones. `labels`: how many it names. */
export function recogniseForm(
  outputs: readonly Output[],
  { input, labels }: { input: FrameSize; labels: number | undefined },
): ModelForm | undefined {
  if (isYunet(outputs)) {
    const read: ModelForm["read"] = (given, options) => readYunet(given, options);
    return { ...DETECTOR, name: "YuNet", range: BGR_BYTES, classes: 1, label: "face", read };
  }
  const ssd = ssdForm(outputs, labels);
  if (ssd) return ssd;
  const [first, ...others] = outputs;
  if (!first) return undefined;
  if (first.dims.length === 3 && others.every(({ dims }) => dims.length === 4)) {
    return yoloForm(first, { input, labels });
  }
  const [one, classes = 0, ...rest] = first.dims;
  const isVector = one === 1 && rest.every((size) => size === 1);
  if (others.length > 0 || !isVector || classes < 2) return undefined;
  return {
    ...{ name: "classification", whole: true, overlapping: false, classes },
    range: labels === undefined ? IMAGENET : SHARES, // names inside: Ultralytics, which trains with shares
    read: ([output], options) => output ? readClasses(output, options) : [],
  };
}

/** The form of an output [1, a, b]. The outputs that may follow are masks. */
function yoloForm(
  { dims }: Output,
  { input, labels }: { input: FrameSize; labels: number | undefined },
): ModelForm | undefined {
  const [batch, a = 0, b = 0] = dims;
  if (batch !== 1 || a < 1 || b < 1) return undefined;
  // Models of 640x640 have 8400 cells. YOLOv5 has three boxes in each.
  const cells = [8, 16, 32].reduce((sum, s) => sum + (input.width / s) * (input.height / s), 0);
  if (b === 6 && a !== 3 * cells) {
    return {
      ...{ ...DETECTOR, name: "YOLO, end to end", range: SHARES, overlapping: false },
      classes: labels ?? MAX_CLASSES,
      read: ([output], options) => output ? readEndToEnd(output, options) : [],
    };
  }
  const isYolo8 = b === cells || a === 4 + (labels ?? Infinity) ||
    (a !== 3 * cells && a !== cells && b !== 5 + (labels ?? Infinity) && a < b);
  const length = isYolo8 ? a - 4 : b - 5;
  if (length < 1) return undefined;
  const classes = Math.min(labels ?? length, length);
  const read = isYolo8 ? readYolo8 : readYolo5;
  return {
    ...{ ...DETECTOR, name: isYolo8 ? "YOLOv8" : "YOLOv5", range: SHARES, classes },
    read: ([output], { confidence }) => output ? read(output, { classes, confidence }) : [],
  };
}

/** A form that does not say how many classes it has. */
const MAX_CLASSES = 1000;
