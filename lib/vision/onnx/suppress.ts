/** Non-maximum suppression: of boxes that overlap, the one with the highest score stays. */

import type { Candidate } from "./onnx_messages.ts";

/** No picture gives more detections; more candidates than this are not compared. */
export const MAX_DETECTIONS = 300;
const MAX_CANDIDATES = 30_000;

/**
 * The candidates that stay, highest score first: those of which no other one of the same label has a higher score and an
 * intersection over union above `iou`. The same as OpenCV's `NMSBoxes` for each label.
 */
export function suppress(candidates: readonly Candidate[], iou: number): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of best(candidates, MAX_CANDIDATES)) {
    const isHidden = kept.some((other) =>
      other.label === candidate.label && overlap(other.corners, candidate.corners) > iou
    );
    if (!isHidden) kept.push(candidate);
    if (kept.length === MAX_DETECTIONS) break;
  }
  return kept;
}

/** Those with the highest scores, in their order. */
export function best(candidates: readonly Candidate[], count: number): Candidate[] {
  return candidates.toSorted((a, b) => b.score - a.score).slice(0, count);
}

type Corners = Candidate["corners"];

function overlap(a: Corners, b: Corners): number {
  const width = Math.min(a[2], b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[3], b[3]) - Math.max(a[1], b[1]);
  if (width <= 0 || height <= 0) return 0;
  const both = width * height;
  return both / (area(a) + area(b) - both);
}

function area([left, top, right, bottom]: Corners): number {
  return (right - left) * (bottom - top);
}
