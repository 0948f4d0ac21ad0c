/**
 * Reads the outputs of detectors of the SSD family, whose boxes are decoded by the model itself. Pure: numbers in,
 * candidates in pixels of the input out.
 */

import type { FrameSize } from "../../frame/frame_size.ts";
import type { Candidate } from "./onnx_messages.ts";
import type { Output } from "./tensors.ts";

/** Corners below this are shares of the input's size, others are pixels. A box may leave the picture a little. */
const MAX_SHARE = 2;

interface Reading {
  readonly confidence: number;
  readonly input: FrameSize;
}

/**
 * Boxes [1, boxes, 4], as left, top, right, bottom, and the score of each class [1, boxes, classes]. With several
 * classes the first one is the background, and is not counted.
 */
export function readBoxesAndScores(
  { boxes, scores }: { boxes: Output; scores: Output },
  { confidence, input, background }: Reading & { background: boolean },
): Candidate[] {
  const [, count = 0, classes = 1] = scores.dims;
  const scale = scaleOf(boxes, input);
  const found: Candidate[] = [];
  const first = background ? 1 : 0;
  for (let n = 0; n < count; n++) {
    let [label, most] = [0, 0];
    for (let c = first; c < classes; c++) {
      const score = scores.data[n * classes + c] ?? 0;
      if (score > most) [label, most] = [c - first, score];
    }
    if (most > confidence) {
      found.push({ corners: cornersAt(boxes, n * 4, scale), label, score: most });
    }
  }
  return found;
}

/**
 * Boxes [1, boxes, 4], scores [1, boxes] and classes [1, boxes], each box with one class. TensorFlow's are top, left,
 * bottom, right (`topFirst`), and its classes count from 1.
 */
export function readLabelledBoxes(
  { boxes, scores, classes }: { boxes: Output; scores: Output; classes: Output },
  { confidence, input, topFirst }: Reading & { topFirst: boolean },
): Candidate[] {
  const scale = scaleOf(boxes, input);
  const found: Candidate[] = [];
  for (let n = 0; n < scores.data.length; n++) {
    const score = scores.data[n] ?? 0;
    if (score <= confidence) continue;
    const [a, b, c, d] = [0, 1, 2, 3].map((i) => boxes.data[n * 4 + i] ?? 0) as Four;
    const [left, top, right, bottom] = topFirst ? [b, a, d, c] : [a, b, c, d];
    const corners: Four = [left * scale.x, top * scale.y, right * scale.x, bottom * scale.y];
    found.push({ corners, label: Math.max(0, Math.round(classes.data[n] ?? 0) - 1), score });
  }
  return found;
}

/** OpenVINO's and Caffe's DetectionOutput, [1, 1, boxes, 7]: picture, class, score, left, top, right, bottom. */
export function readDetectionOutput(output: Output, { confidence, input }: Reading): Candidate[] {
  const count = output.dims[2] ?? 0;
  const found: Candidate[] = [];
  for (let n = 0; n < count; n++) {
    const [picture = 0, label = 0, score = 0] = [0, 1, 2].map((i) => output.data[n * 7 + i]);
    if (picture < 0) break; // marks the end
    if (score <= confidence) continue;
    const corners = cornersAt(output, n * 7 + 3, { x: input.width, y: input.height });
    found.push({ corners, label: Math.max(0, Math.round(label) - 1), score });
  }
  return found;
}

type Four = [number, number, number, number];

function cornersAt({ data }: Output, at: number, { x, y }: { x: number; y: number }): Four {
  return [
    (data[at] ?? 0) * x,
    (data[at + 1] ?? 0) * y,
    (data[at + 2] ?? 0) * x,
    (data[at + 3] ?? 0) * y,
  ];
}

/** What turns corners into pixels. */
function scaleOf({ data }: Output, { width, height }: FrameSize): { x: number; y: number } {
  for (let i = 0; i < data.length; i++) if ((data[i] ?? 0) > MAX_SHARE) return { x: 1, y: 1 };
  return { x: width, y: height };
}
