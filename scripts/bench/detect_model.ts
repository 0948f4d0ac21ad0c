/**
 * Writes a model that costs as much as YOLOv8n: about 4.3 thousand million multiplications at 640x640, in convolutions
 * with SiLU and heads for 80 classes. Its weights are noise: it finds nothing, and takes the same time.
 */

import { type Node, type Weights, writeOnnx } from "../../tests/vision/onnx/onnx_writer.ts";

/** The channels of each level, which halves the size, and its convolutions. */
const LEVELS = [[16, 0], [32, 3], [64, 5], [128, 5], [256, 3]] as const;
/** The first level with a head. */
const FIRST_HEAD = 2;
const OUTPUTS = 84;

/** The bytes of the model for square pictures of this side, a multiple of 32. */
export function writeBenchModel(side: number): Uint8Array<ArrayBuffer> {
  const nodes: Node[] = [];
  const weights: Weights[] = [];
  const add = (op: string, inputs: string[], attributes: Node["attributes"] = {}, as?: string) => {
    const output = as ?? `t${nodes.length}`;
    nodes.push({ op, inputs, outputs: [output], attributes });
    return output;
  };
  const convolve = (
    from: string,
    [input, output]: [number, number],
    kernel: number,
    stride: number,
  ) => {
    const values = Float32Array.from({ length: output * input * kernel ** 2 }, (_, i) => {
      return Math.sin(i * 12.9898) / Math.sqrt(input * kernel ** 2);
    });
    const name = `w${weights.length}`;
    weights.push({ name, dims: [output, input, kernel, kernel], values });
    const pad = kernel >> 1;
    return add("Conv", [from, name], {
      ...{ kernel_shape: [kernel, kernel], strides: [stride, stride] },
      pads: [pad, pad, pad, pad],
    });
  };
  const silu = (from: string) => add("Mul", [from, add("Sigmoid", [from])]);
  const heads: string[] = [];
  let [current, channels] = ["images", 3];
  LEVELS.forEach(([width, count], level) => {
    current = silu(convolve(current, [channels, width], 3, 2));
    channels = width;
    for (let i = 0; i < count; i++) current = silu(convolve(current, [width, width], 3, 1));
    if (level < FIRST_HEAD) return;
    const shape = `shape${level}`;
    const cells = (side >> (level + 1)) ** 2;
    weights.push({
      name: shape,
      dims: [3],
      values: BigInt64Array.from([1, OUTPUTS, cells], BigInt),
    });
    heads.push(add("Reshape", [convolve(current, [width, OUTPUTS], 1, 1), shape]));
  });
  // Scores far below any confidence.
  const all = add("Concat", heads, { axis: 2 });
  weights.push({ name: "low", dims: [1], values: new Float32Array([0.0001]) });
  add("Mul", [add("Sigmoid", [all]), "low"], {}, "output0");
  const boxes = [8, 16, 32].reduce((sum, stride) => sum + (side / stride) ** 2, 0);
  return writeOnnx({
    ...{ nodes, weights, inputs: [{ name: "images", dims: [1, 3, side, side] }] },
    outputs: [{ name: "output0", dims: [1, OUTPUTS, boxes] }],
  });
}
