/** Reads the output of a model that says what a whole picture shows. Pure: numbers in, candidates out. */

import type { Candidate } from "./onnx_messages.ts";
import type { Output } from "./tensors.ts";

/** The most labels of a report. */
const MAX_LABELS = 5;

/** How far the sum of shares can be from 1. */
const TOLERANCE = 0.01;

/** The best classes of [1, classes], with the highest score first. Values that are not shares yet get a softmax. */
export function readClasses(
  { data }: Output,
  { confidence, wanted }: { confidence: number; wanted: ReadonlySet<number> | undefined },
): Candidate[] {
  const values = sharesOf(Array.from(data));
  return values.map((score, label): Candidate => ({ corners: [0, 0, 0, 0], label, score }))
    .filter(({ label, score }) => score > confidence && (wanted?.has(label) ?? true))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_LABELS);
}

function sharesOf(values: number[]): number[] {
  const sum = values.reduce((all, value) => all + value, 0);
  if (Math.abs(sum - 1) < TOLERANCE && values.every((value) => value >= 0)) return values;
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const powers = values.map((value) => Math.exp(value - most));
  const total = powers.reduce((all, value) => all + value, 0);
  return powers.map((value) => value / total);
}
