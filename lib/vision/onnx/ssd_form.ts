/** Recognises the SSD family by the shapes of the outputs: boxes, and scores for each of them. */

import type { ModelForm } from "./model_form.ts";
import { readBoxesAndScores, readDetectionOutput, readLabelledBoxes } from "./ssd.ts";
import type { Output } from "./tensors.ts";

/** Values from -1 to 1, as most of these models are trained; a model that takes bytes gets them as they are. */
const RANGE = { order: "rgb", mean: [127, 127, 127], deviation: [128, 128, 128] } as const;
const BASE = { name: "SSD", range: RANGE, whole: false } as const;

/** A form that does not say how many classes it has. */
const MAX_CLASSES = 1000;

/** The form of these outputs; undefined if they are not boxes and scores. `labels`: how many classes the model names. */
export function ssdForm(
  outputs: readonly Output[],
  labels: number | undefined,
): ModelForm | undefined {
  const [only] = outputs;
  if (outputs.length === 1 && only?.dims.length === 4 && only.dims[3] === 7) {
    return {
      ...{ ...BASE, overlapping: false, classes: labels ?? MAX_CLASSES },
      read: ([output], options) => output ? readDetectionOutput(output, options) : [],
    };
  }
  // Outputs named logits are no scores: they belong to transformers, whose boxes are centers and sizes.
  if (outputs.length < 2 || outputs.some(({ name }) => /logit/i.test(name))) return undefined;
  const fours = outputs.filter(({ dims }) => dims.length >= 2 && dims.at(-1) === 4);
  const boxes = fours.find(({ name }) => /box|loc/i.test(name)) ?? fours[0];
  if (!boxes) return undefined;
  const count = boxes.dims.at(-2);
  const others = outputs.filter((output) => output !== boxes);
  const scores = others.find(({ dims }) => dims.length === 3 && dims[1] === count);
  if (scores && outputs.length === 2) return scoredForm(boxes, scores, labels);
  const rows = others.filter(({ dims }) => dims.at(-1) === count);
  const scoreRow = rows.find(({ name }) => /scor|conf/i.test(name));
  const classRow = rows.find(({ name }) => /class|label/i.test(name));
  if (!scoreRow || !classRow) return undefined;
  const at = [boxes, scoreRow, classRow].map((output) => outputs.indexOf(output));
  const topFirst = /detection_boxes/.test(boxes.name); // TensorFlow's
  return {
    ...{ ...BASE, overlapping: false, classes: labels ?? MAX_CLASSES },
    read: (given, options) => {
      const [boxes, scores, classes] = at.map((index) => given[index]);
      if (!boxes || !scores || !classes) return [];
      return readLabelledBoxes({ boxes, scores, classes }, { ...options, topFirst });
    },
  };
}

function scoredForm(boxes: Output, scores: Output, labels: number | undefined): ModelForm {
  const all = scores.dims[2] ?? 1;
  const background = all > 1 && labels !== all;
  const isFirst = (output: Output) => output.name === boxes.name;
  return {
    ...{ ...BASE, overlapping: true, classes: background ? all - 1 : all },
    read: (given, options) => {
      const boxes = given.find(isFirst);
      const scores = given.find((output) => !isFirst(output));
      return boxes && scores
        ? readBoxesAndScores({ boxes, scores }, { ...options, background })
        : [];
    },
  };
}
