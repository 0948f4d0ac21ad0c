/** Models that fail: on some pictures, or always. */

import { Builder, cellBoxes, cellCount, image, type ModelShape } from "./models.ts";
import { type Node, type Value, type Weights, writeOnnx } from "./onnx_writer.ts";

/** A gray level for which `nanModel` returns NaN. */
export const NAN_PIXEL = 0;

/** A YOLOv8 that finds "red" everywhere, and returns NaN for a black picture: it divides zero by the brightness. */
export function nanModel(shape: ModelShape) {
  const b = new Builder();
  const cells = cellCount(shape);
  const mean = b.add("ReduceMean", ["images"], { axes: [1, 2, 3], keepdims: 0 });
  const one = b.add("Div", [mean, mean]);
  const factors = b.add("Reshape", [one, b.whole([1, 1, 1])]);
  const rows = [...cellBoxes(shape), new Array(cells).fill(0)];
  rows[4]![0] = 0.9;
  const wanted = b.floats([1, rows.length, cells], rows.flat());
  b.add("Mul", [wanted, factors], {}, "output0");
  return b.build({
    inputs: [image(shape)],
    outputs: [{ name: "output0", dims: [1, rows.length, cells] }],
    metadata: { names: "{0: 'red'}" },
  });
}

/** A model with one operation on its picture, for models that cannot be used. */
export function oneOperation(
  op: string,
  {
    attributes = {},
    domain,
    input = image({ width: 64, height: 64, cell: 1 }),
    output = { name: "out", dims: [1, 3, 64, 64] },
    weights = [],
  }: {
    attributes?: Node["attributes"];
    domain?: string;
    input?: Value;
    output?: Value;
    weights?: readonly Weights[];
  } = {},
) {
  const inputs = [input.name, ...weights.map(({ name }) => name)];
  return writeOnnx({
    nodes: [{
      op,
      inputs,
      outputs: [output.name],
      attributes: attributes ?? {},
      ...domain === undefined ? {} : { domain },
    }],
    ...{ weights, inputs: [input], outputs: [output] },
  });
}
