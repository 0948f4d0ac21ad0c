/**
 * Models of each form with weights made by hand. They look for colored squares: the picture is divided into cells, and
 * a cell's score for "red" grows with how much redder it is than green, and so on for "green" and "blue". So the result
 * depends on each color of the picture and on its place, and can be worked out by hand.
 */

import { type Model, type Node, type Value, type Weights, writeOnnx } from "./onnx_writer.ts";

export const LABELS = ["red", "green", "blue"];
const NAMES = { names: "{0: 'red', 1: 'green', 2: 'blue'}" };

/** How steeply a score grows with the difference of colors (0 to 1), and the difference at which it is 0.5. */
const STEEPNESS = 8;
const HALF = 0.4;

/** Collects the parts of a model. */
export class Builder {
  readonly nodes: Node[] = [];
  readonly weights: Weights[] = [];
  #count = 0;

  /** Adds an operation with one output. Returns the output's name. */
  add(op: string, inputs: readonly string[], attributes: Node["attributes"] = {}, as?: string) {
    const output = as ?? `t${this.#count++}`;
    this.nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  }

  floats(dims: readonly number[], values: ArrayLike<number>): string {
    const name = `w${this.#count++}`;
    this.weights.push({ name, dims, values: Float32Array.from(values) });
    return name;
  }

  whole(values: readonly number[]): string {
    const name = `w${this.#count++}`;
    this.weights.push({ name, dims: [values.length], values: BigInt64Array.from(values, BigInt) });
    return name;
  }

  build(io: Pick<Model, "inputs" | "outputs" | "metadata">): Uint8Array<ArrayBuffer> {
    return writeOnnx({ nodes: this.nodes, weights: this.weights, ...io });
  }
}

export interface ModelShape {
  readonly width: number;
  readonly height: number;
  /** The side of a cell. */
  readonly cell: number;
}

/** What the values of the input are: `unit` is the difference from no red to full red. */
interface Input {
  readonly name: string;
  readonly unit: number;
  /** The channels of red, green and blue. */
  readonly order: readonly [number, number, number];
}

const RGB_SHARES: Input = { name: "images", unit: 1, order: [0, 1, 2] };

/**
 * The scores of each cell, [1, labels, cells]: a convolution that takes the mean of a cell, in which the other colors
 * count negatively, and a sigmoid.
 */
function cellScores(
  b: Builder,
  { name, unit, order }: Input,
  { width, height, cell, shift = 0 }: ModelShape & { shift?: number },
): string {
  const kernel = new Float32Array(LABELS.length * 3 * cell * cell);
  LABELS.forEach((_, label) => {
    order.forEach((channel, color) => {
      const share = (color === label ? 1 : -0.5) * STEEPNESS / unit / cell ** 2;
      kernel.fill(share, (label * 3 + channel) * cell ** 2, (label * 3 + channel + 1) * cell ** 2);
    });
  });
  const weights = b.floats([LABELS.length, 3, cell, cell], kernel);
  const bias = b.floats([LABELS.length], LABELS.map(() => -STEEPNESS * (HALF + shift)));
  const means = b.add("Conv", [name, weights, bias], {
    kernel_shape: [cell, cell],
    strides: [cell, cell],
  });
  const cells = (width / cell) * (height / cell);
  const flat = b.add("Reshape", [means, b.whole([1, LABELS.length, cells])]);
  return b.add("Sigmoid", [flat]);
}

/** The centers of the cells and boxes of 2.5 and 1.75 cells, so that neighbours overlap: [1, 4, cells]. */
export function cellBoxes({ width, height, cell }: ModelShape): number[][] {
  const columns = width / cell;
  const cells = columns * (height / cell);
  const at = (n: number) => [n % columns, Math.floor(n / columns)] as const;
  const row = (value: (column: number, row: number) => number) =>
    Array.from({ length: cells }, (_, n) => value(...at(n)));
  return [
    row((column) => (column + 0.5) * cell),
    row((_, line) => (line + 0.5) * cell),
    row(() => 2.5 * cell),
    row(() => 1.75 * cell),
  ];
}

/** [1, 4, cells] as corners: left, top, right, bottom. */
function cellCorners(shape: ModelShape): number[][] {
  const [x = [], y = [], w = [], h = []] = cellBoxes(shape);
  const side = (centers: number[], sizes: number[], sign: number) =>
    centers.map((center, n) => center + sign * (sizes[n] ?? 0) / 2);
  return [side(x, w, -1), side(y, h, -1), side(x, w, 1), side(y, h, 1)];
}

export function image({ width, height }: ModelShape, name = "images"): Value {
  return { name, dims: [1, 3, height, width] };
}

export const cellCount = ({ width, height, cell }: ModelShape) => (width / cell) * (height / cell);

export function yolo8(shape: ModelShape, { dynamic = false, metadata = NAMES } = {}) {
  const b = new Builder();
  const cells = cellCount(shape);
  const scores = cellScores(b, RGB_SHARES, shape);
  const boxes = b.floats([1, 4, cells], cellBoxes(shape).flat());
  b.add("Concat", [boxes, scores], { axis: 1 }, "output0");
  return b.build({
    inputs: [dynamic ? { name: "images", dims: ["batch", 3, "height", "width"] } : image(shape)],
    outputs: [{ name: "output0", dims: [1, 4 + LABELS.length, dynamic ? "boxes" : cells] }],
    metadata,
  });
}

/** The sureness that there is anything depends on the picture too. */
export function yolo5(shape: ModelShape) {
  const b = new Builder();
  const cells = cellCount(shape);
  const scores = cellScores(b, RGB_SHARES, shape);
  const anything = b.add("ReduceMax", [cellScores(b, RGB_SHARES, { ...shape, shift: -0.3 })], {
    axes: [1],
    keepdims: 1,
  });
  const boxes = b.floats([1, 4, cells], cellBoxes(shape).flat());
  const rows = b.add("Concat", [boxes, anything, scores], { axis: 1 });
  b.add("Transpose", [rows], { perm: [0, 2, 1] }, "output0");
  return b.build({
    inputs: [image(shape)],
    outputs: [{ name: "output0", dims: [1, cells, 5 + LABELS.length] }],
    metadata: NAMES,
  });
}

/** Looks for red alone. */
export function endToEnd(shape: ModelShape) {
  const b = new Builder();
  const cells = cellCount(shape);
  const scores = cellScores(b, RGB_SHARES, shape);
  const red = b.add("Slice", [scores, b.whole([0]), b.whole([1]), b.whole([1])]);
  const corners = b.floats([1, 4, cells], cellCorners(shape).flat());
  const classes = b.floats([1, 1, cells], new Float32Array(cells));
  const rows = b.add("Concat", [corners, red, classes], { axis: 1 });
  b.add("Transpose", [rows], { perm: [0, 2, 1] }, "output0");
  return b.build({
    inputs: [image(shape)],
    outputs: [{ name: "output0", dims: [1, cells, 6] }],
    metadata: NAMES,
  });
}

/** How far a score of 1 moves the sides of a box. */
const MOVES = [-0.01, 0.005, 0.02, 0.03];

/** Boxes as shares of the picture, which the colors move a little, and scores with a background. */
export function ssd(shape: ModelShape) {
  const b = new Builder();
  const cells = cellCount(shape);
  const input = { name: "input", unit: 255 / 128, order: [0, 1, 2] } as const;
  const scores = cellScores(b, input, shape);
  const background = b.floats([1, 1, cells], new Float32Array(cells).fill(0.9));
  const all = b.add("Concat", [background, scores], { axis: 1 });
  b.add("Transpose", [all], { perm: [0, 2, 1] }, "scores");
  const sizes = [shape.width, shape.height, shape.width, shape.height];
  const corners = cellCorners(shape);
  const shares = Array.from(
    { length: cells },
    (_, n) => corners.map((row, i) => (row[n] ?? 0) / (sizes[i] ?? 1)),
  );
  const rows = b.add("Transpose", [scores], { perm: [0, 2, 1] });
  const moves = b.add("MatMul", [rows, b.floats([3, 4], [...MOVES, ...MOVES, ...MOVES])]);
  b.add("Add", [moves, b.floats([1, cells, 4], shares.flat())], {}, "boxes");
  return b.build({
    inputs: [image(shape, "input")],
    outputs: [
      { name: "scores", dims: [1, cells, 1 + LABELS.length] },
      { name: "boxes", dims: [1, cells, 4] },
    ],
  });
}

/** A face where it is red; blue and green, green second, shift its box and its points. */
export function yunet({ width, height }: { width: number; height: number }) {
  const b = new Builder();
  const outputs: Value[] = [];
  const input = { name: "input", unit: 255, order: [2, 1, 0] } as const;
  for (const cell of [8, 16, 32]) {
    const shape = { width, height, cell };
    const cells = cellCount(shape);
    const scores = cellScores(b, input, { ...shape, shift: cell === 16 ? 0.3 : 0.5 });
    const red = b.add("Slice", [scores, b.whole([0]), b.whole([1]), b.whole([1])]);
    b.add("Transpose", [red], { perm: [0, 2, 1] }, `cls_${cell}`);
    b.add("Transpose", [b.add("Sqrt", [red])], { perm: [0, 2, 1] }, `obj_${cell}`);
    // Multiples of the scores and constants, so that boxes and points depend on the picture.
    const map = b.add("Reshape", [scores, b.whole([1, 3, cells, 1])]);
    const spread = (columns: number, as: string) => {
      const factors = Array.from({ length: 3 * columns }, (_, i) => (i % 7) / 10 - 0.2);
      const offsets = Array.from({ length: columns }, (_, i) => 0.3 + i / 20);
      const weights = [b.floats([columns, 3, 1, 1], factors), b.floats([columns], offsets)];
      const moved = b.add("Conv", [map, ...weights], { kernel_shape: [1, 1] });
      const flat = b.add("Reshape", [moved, b.whole([1, columns, cells])]);
      b.add("Transpose", [flat], { perm: [0, 2, 1] }, as);
    };
    spread(4, `bbox_${cell}`);
    spread(10, `kps_${cell}`);
    const sizes = { cls: 1, obj: 1, bbox: 4, kps: 10 };
    for (const [name, size] of Object.entries(sizes)) {
      outputs.push({ name: `${name}_${cell}`, dims: [1, cells, size] });
    }
  }
  return b.build({ inputs: [image({ width, height, cell: 1 }, "input")], outputs });
}

/** One thing, whose score is the brightness of red, in the outputs that TensorFlow's detectors have. */
export function tensorFlow({ width, height }: ModelShape) {
  const b = new Builder();
  const floats = b.add("Cast", ["image_tensor:0"], { to: 1 });
  const means = b.add("ReduceMean", [floats], { axes: [1, 2], keepdims: 0 });
  const red = b.add("Slice", [means, b.whole([0]), b.whole([1]), b.whole([1])]);
  b.add("Div", [red, b.floats([1], [255])], {}, "detection_scores:0");
  b.add("Identity", [b.floats([1, 1, 4], [0.2, 0.1, 0.7, 0.6])], {}, "detection_boxes:0");
  b.add("Identity", [b.floats([1, 1], [2])], {}, "detection_classes:0");
  return b.build({
    inputs: [{ name: "image_tensor:0", dims: [1, height, width, 3], type: "uint8" }],
    outputs: [
      { name: "detection_boxes:0", dims: [1, 1, 4] },
      { name: "detection_classes:0", dims: [1, 1] },
      { name: "detection_scores:0", dims: [1, 1] },
    ],
  });
}

/** Which color the picture has most of, as logits or as shares. */
export function classifier(
  shape: ModelShape,
  { softmax = true, metadata = NAMES as { [key: string]: string } } = {},
) {
  const b = new Builder();
  const means = b.add("GlobalAveragePool", ["images"]);
  const flat = b.add("Reshape", [means, b.whole([1, 3])]);
  const matrix = b.floats([3, 3], [4, -2, -2, -2, 4, -2, -2, -2, 4]);
  const logits = b.add("MatMul", [flat, matrix], {}, softmax ? undefined : "output0");
  if (softmax) b.add("Softmax", [logits], { axis: 1 }, "output0");
  return b.build({
    inputs: [image(shape)],
    outputs: [{ name: "output0", dims: [1, LABELS.length] }],
    metadata,
  });
}
