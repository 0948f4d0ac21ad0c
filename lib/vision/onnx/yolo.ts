/** Reads the outputs of the YOLO family. Pure: numbers in, candidates in pixels of the input out. */

import type { Candidate } from "./onnx_messages.ts";
import type { Output } from "./tensors.ts";

/** A center and a size, in that order. */
const BOX = 4;

/**
 * YOLOv8, v9, v11: [1, 4 + classes, boxes], and what follows the classes (masks, points of a pose) is not read. A column
 * is the center's x and y, width, height, then a score for each class.
 */
export function readYolo8(
  { dims, data }: Output,
  { classes, confidence }: { classes: number; confidence: number },
): Candidate[] {
  const boxes = dims[2] ?? 0;
  const scores = new Float32Array(boxes);
  const labels = new Int32Array(boxes);
  // Row by row, as they lie in memory: column by column takes three times as long.
  for (let label = 0; label < classes; label++) {
    const row = (BOX + label) * boxes;
    for (let n = 0; n < boxes; n++) {
      const score = data[row + n] ?? 0;
      if (score <= (scores[n] ?? 0)) continue;
      scores[n] = score;
      labels[n] = label;
    }
  }
  const found: Candidate[] = [];
  for (let n = 0; n < boxes; n++) {
    const score = scores[n] ?? 0;
    if (score <= confidence) continue;
    const at = (row: number) => data[row * boxes + n] ?? 0;
    found.push({ corners: around(at(0), at(1), at(2), at(3)), label: labels[n] ?? 0, score });
  }
  return found;
}

/**
 * YOLOv5, v6, v7: [1, boxes, 5 + classes]. A row is the center's x and y, width, height, how sure it is that there is
 * anything, then how sure it is of each class; the score is the product.
 */
export function readYolo5(
  { dims, data }: Output,
  { classes, confidence }: { classes: number; confidence: number },
): Candidate[] {
  const [, boxes = 0, length = 0] = dims;
  const found: Candidate[] = [];
  for (let n = 0; n < boxes; n++) {
    const at = n * length;
    const anything = data[at + BOX] ?? 0;
    if (anything <= confidence) continue; // a score can only be lower
    let [label, most] = [0, 0];
    for (let c = 0; c < classes; c++) {
      const value = data[at + BOX + 1 + c] ?? 0;
      if (value > most) [label, most] = [c, value];
    }
    const score = anything * most;
    if (score <= confidence) continue;
    const corners = around(data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0, data[at + 3] ?? 0);
    found.push({ corners, label, score });
  }
  return found;
}

/** YOLOv10 and later, end to end: [1, boxes, 6]. A row is left, top, right, bottom, score, class; none overlap. */
export function readEndToEnd(
  { dims, data }: Output,
  { confidence }: { confidence: number },
): Candidate[] {
  const [, boxes = 0, length = 0] = dims;
  const found: Candidate[] = [];
  for (let n = 0; n < boxes; n++) {
    const [left = 0, top = 0, right = 0, bottom = 0, score = 0, label = 0] = Array.from(
      { length: 6 },
      (_, i) => data[n * length + i] ?? 0,
    );
    if (score <= confidence) continue;
    found.push({
      corners: [left, top, right, bottom],
      label: Math.max(0, Math.round(label)),
      score,
    });
  }
  return found;
}

function around(x: number, y: number, width: number, height: number): Candidate["corners"] {
  return [x - width / 2, y - height / 2, x + width / 2, y + height / 2];
}
