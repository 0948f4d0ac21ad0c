/**
 * Reads the file of a Haar cascade: XML in, stages with their trees and features out.
 *
 * The format is that of OpenCV's training (`opencv-cascade-classifier`). Cascades with other features (LBP),
 * with tilted rectangles, or in the format before OpenCV 2.4 are not supported.
 */

import type { Size } from "../cv.ts";

/** A rectangle of a feature, in pixels of the window, and the weight of the sum over it. */
export type WeightedRect = readonly [
  x: number,
  y: number,
  width: number,
  height: number,
  weight: number,
];

/**
 * A node of a tree. A value below the threshold goes to `left`, others to `right`: a node's index if above 0,
 * otherwise the negated index of a leaf.
 */
export interface HaarNode {
  readonly left: number;
  readonly right: number;
  readonly feature: readonly WeightedRect[];
  readonly threshold: number;
}

export interface HaarTree {
  readonly nodes: readonly HaarNode[];
  readonly leaves: readonly number[];
}

/** A window passes if the sum of the trees' values is at least `threshold`. */
export interface HaarStage {
  readonly threshold: number;
  readonly trees: readonly HaarTree[];
}

export interface HaarCascade {
  /** The window that the cascade was trained with, in pixels. */
  readonly window: Size;
  readonly stages: readonly HaarStage[];
}

/** OpenCV subtracts this from each stage's threshold, because of rounding. */
const TOLERANCE = 1e-5;

/** Reads a cascade; `undefined` if the bytes are not a supported cascade. */
export function readHaarCascade(bytes: Uint8Array): HaarCascade | undefined {
  const xml = new TextDecoder().decode(bytes).replaceAll(/<!--.*?-->/gs, "");
  const of = (name: string) => new RegExp(`<${name}\\s*>([^<]*)<`).exec(xml)?.[1]?.trim();
  if (of("featureType") !== "HAAR" || of("stageType") !== "BOOST") return undefined;
  const window = { width: Number(of("width")), height: Number(of("height")) };
  const featuresAt = xml.lastIndexOf("<features>");
  const features = [...xml.slice(featuresAt).matchAll(/<rects\s*>(.*?)<\/rects>/gs)]
    .map(([, rects = ""]) =>
      [...rects.matchAll(/<_>([^<]*)<\/_>/g)].map(([, rect]) => rectOf(rect))
    );
  if (/<tilted\s*>\s*[^0\s<]/.test(xml)) return undefined;
  const stages = xml.slice(xml.indexOf("<stages>"), featuresAt).split(/<stageThreshold\s*>/).slice(
    1,
  )
    .map((text): HaarStage => {
      const nodes = [...text.matchAll(/<internalNodes\s*>([^<]*)</g)];
      const leaves = [...text.matchAll(/<leafValues\s*>([^<]*)</g)];
      return {
        threshold: Math.fround(Math.fround(parseFloat(text)) - Math.fround(TOLERANCE)),
        trees: nodes.map(([, node], index) => treeOf(numbers(node), leaves[index]?.[1], features)),
      };
    });
  const read = { window, stages };
  return isComplete(read) ? read : undefined;
}

function numbers(text = ""): number[] {
  return text.trim().split(/\s+/).map(Number);
}

function rectOf(text: string | undefined): WeightedRect {
  const [x = NaN, y = NaN, width = NaN, height = NaN, weight = NaN] = numbers(text);
  return [x, y, width, height, weight];
}

function treeOf(
  values: number[],
  leaves: string | undefined,
  features: WeightedRect[][],
): HaarTree {
  const nodes: HaarNode[] = [];
  for (let at = 0; at + 3 < values.length; at += 4) {
    const [left = NaN, right = NaN, feature = NaN, threshold = NaN] = values.slice(at, at + 4);
    nodes.push({
      left,
      right,
      feature: features[feature] ?? [],
      threshold: Math.fround(threshold),
    });
  }
  return { nodes, leaves: numbers(leaves).map(Math.fround) };
}

/** Whether nothing is missing and each rectangle is inside of the window. */
function isComplete({ window, stages }: HaarCascade): boolean {
  const inWindow = ([x, y, width, height, weight]: WeightedRect) =>
    x >= 0 && y >= 0 && width > 0 && height > 0 && Number.isFinite(weight) &&
    x + width <= window.width && y + height <= window.height;
  const leads = (to: number, from: number, { nodes, leaves }: HaarTree) =>
    to > 0 ? to > from && to < nodes.length : -to < leaves.length;
  const trees = stages.flatMap(({ trees }) => trees);
  return window.width > 2 && window.height > 2 && trees.length > 0 &&
    stages.every(({ threshold, trees }) => Number.isFinite(threshold) && trees.length > 0) &&
    trees.every((tree) =>
      tree.nodes.length > 0 && tree.leaves.every(Number.isFinite) &&
      tree.nodes.every(({ left, right, feature, threshold }, index) =>
        Number.isFinite(threshold) && feature.length > 0 && feature.every(inWindow) &&
        leads(left, index, tree) && leads(right, index, tree)
      )
    );
}
