/** Files that `detect` cannot use: each has an error of its own. */

import { assertEquals, assertRejects, assertStringIncludes } from "../../assert.ts";
import { NAN_PIXEL, nanModel, oneOperation } from "./broken_models.ts";
import { yolo8 } from "./models.ts";
import { openCrew } from "./open_crew.ts";

const shape = { width: 64, height: 64, cell: 32 };
const good = yolo8(shape);

const weights = { name: "w", dims: [3, 1, 1], values: new Float32Array(3) };
const plane = { width: 64, height: 64 };

const broken: { what: string; model: Uint8Array<ArrayBuffer>; says: string }[] = [
  { what: "a text", model: bytes("hello, this is no model"), says: "it is not an ONNX model" },
  { what: "a JPEG", model: new Uint8Array([255, 216, 255, 224]), says: "it is not an ONNX model" },
  { what: "zeros", model: new Uint8Array(1000), says: "it is not an ONNX model" },
  { what: "a file cut off in the middle", model: cut(good, 0.5), says: "the file is cut off" },
  { what: "a file without its last bytes", model: cut(good, 0.99), says: "the file is cut off" },
  {
    what: "overwritten weights",
    model: good.map((byte, i) => i > 60 && i < 400 ? 0xff : byte),
    says: "damaged",
  },
  {
    what: "an unknown operator",
    model: oneOperation("Teleport"),
    says: "Teleport",
  },
  {
    what: "an operator of another library",
    model: oneOperation("Identity", { domain: "com.example" }),
    says: "com.example",
  },
  {
    what: "half-precision numbers",
    model: oneOperation("Identity", {
      input: { name: "images", dims: [1, 3, 64, 64], type: "float16" },
      output: { name: "out", dims: [1, 3, 64, 64], type: "float16" },
    }),
    says:
      "its input is float16; expected float32 or uint8; its inputs: images float16 [1, 3, 64, 64]",
  },
  {
    what: "an input that is not a picture",
    model: oneOperation("Identity", {
      input: { name: "tokens", dims: [1, 128] },
      output: { name: "out", dims: [1, 128] },
    }),
    says: "its input is not a picture",
  },
  {
    what: "a gray picture",
    model: oneOperation("Identity", {
      input: { name: "images", dims: [1, 1, 64, 64] },
      output: { name: "out", dims: [1, 1, 64, 64] },
    }),
    says: "its pictures have 1 channels; expected 3",
  },
  {
    what: "a batch of four",
    model: oneOperation("Identity", {
      input: { name: "images", dims: [4, 3, 64, 64] },
      output: { name: "out", dims: [4, 3, 64, 64] },
    }),
    says: "it takes 4 pictures at once",
  },
  {
    what: "a picture of gigabytes",
    model: oneOperation("Identity", {
      input: { name: "images", dims: [1, 3, 100_000, 100_000] },
      output: { name: "out", dims: [1, 3, 100_000, 100_000] },
    }),
    says: "its pictures are larger than 4096x4096",
  },
  {
    what: "outputs of another form",
    model: oneOperation("Identity"),
    says: "its form is not known; its inputs: images float32 [1, 3, 64, 64]; " +
      "its outputs: out float32 [1, 3, 64, 64]; known are YOLOv5",
  },
  {
    what: "weights in another file",
    model: oneOperation("Add", { weights: [{ ...weights, externalFile: "weights.data" }] }),
    says: 'its weights are in another file ("weights.data"); export it as one file',
  },
];

for (const { what, model, says } of broken) {
  Deno.test(`detect refuses ${what}`, async () => {
    const { message } = await assertRejects(() => openCrew(model), Error);
    assertStringIncludes(message, 'Cannot use the model "test.onnx": ');
    assertStringIncludes(message, says);
  });
}

Deno.test("detect refuses a size for a model whose size is fixed, and a class that it does not have", async () => {
  const sized = await assertRejects(() => openCrew(good, { size: 320 }), Error);
  assertStringIncludes(sized.message, "size is 320, but its size is fixed; its inputs: images");
  const classed = await assertRejects(() => openCrew(good, { classes: ["persn"] }), Error);
  assertStringIncludes(classed.message, 'it has no class "persn" (available: red, green, blue)');
});

Deno.test("detect fails on a frame for which the model returns NaN, and works on the next one", async () => {
  await using crew = await openCrew(nanModel(shape), { confidence: 0.1 });
  const frame = (level: number) =>
    crew.detect(new Uint8Array(plane.width * plane.height).fill(level));
  const { message } = await assertRejects(() => frame(NAN_PIXEL), Error);
  assertStringIncludes(message, "output0 has values that are not finite numbers (NaN)");
  assertEquals((await frame(200)).labels, ["red"]);
});

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function cut(file: Uint8Array<ArrayBuffer>, share: number): Uint8Array<ArrayBuffer> {
  return file.slice(0, Math.floor(file.length * share));
}
