/**
 * A model at work: the bytes of its file and a frame in, a report out. Runs in a Worker of its own, one frame at a time.
 */

import type { Box, Point, Report } from "../../frame/detection.ts";
import type { FrameFormat } from "../../frame/frame_format.ts";
import { labelOf, labelsInMetadata, wantedClasses } from "./labels.ts";
import { FORMS, type ModelForm, recogniseForm } from "./model_form.ts";
import { type ImageInput, imageInput } from "./model_input.ts";
import { readOnnxFile } from "./onnx_file.ts";
import type { Candidate, ModelOptions } from "./onnx_messages.ts";
import { type InferenceSession, newTensor, openSession, ortMessage } from "./ort.ts";
import { PictureInput } from "./picture_input.ts";
import { boxToSource, place, type Placement, toSource } from "./placement.ts";
import { best, MAX_DETECTIONS, suppress } from "./suppress.ts";
import { checkFinite, describe, numbersOf, type Output } from "./tensors.ts";

export class OnnxModel {
  readonly #session: InferenceSession;
  readonly #options: ModelOptions;
  readonly #image: ImageInput;
  readonly #form: ModelForm;
  readonly #labels: readonly string[] | undefined;
  readonly #wanted: ReadonlySet<number> | undefined;
  readonly #placement: Placement;
  readonly #input: PictureInput;

  private constructor(
    session: InferenceSession,
    { image, form, labels, options, format }: {
      image: ImageInput;
      form: ModelForm;
      labels: readonly string[] | undefined;
      options: ModelOptions;
      format: FrameFormat;
    },
  ) {
    this.#session = session;
    this.#options = options;
    this.#image = image;
    this.#form = form;
    this.#labels = labels ?? (form.label === undefined ? undefined : [form.label]);
    this.#wanted = wantedClasses(options.classes, this.#labels, form.classes);
    this.#placement = place(format, image.layout, { fill: form.whole });
    this.#input = new PictureInput(format, {
      layout: image.layout,
      range: image.layout.type === "uint8" ? { ...form.range, ...BYTES } : form.range,
      placement: this.#placement,
    });
  }

  /** Loads a model and runs it once with a blank picture. Throws an `Error` that says what is wrong with the file. */
  static async open(
    bytes: Uint8Array,
    { options, format }: { options: ModelOptions; format: FrameFormat },
  ): Promise<OnnxModel> {
    const { metadata } = readOnnxFile(bytes);
    const session = await openSession(bytes);
    const image = imageInput(session, options.size);
    const labels = options.labels ?? labelsInMetadata(metadata);
    const blank = newBlank(image);
    const outputs = await runSession(session, image, blank);
    const form = recogniseForm(outputs, { input: image.layout, labels: labels?.length });
    if (!form) {
      const measured = outputs.map(({ name, dims }, i) => {
        const metadata = session.outputMetadata[i];
        return { name, shape: dims, type: metadata?.isTensor ? metadata.type : "" };
      });
      throw new Error(
        `its form is not known; its inputs: ${describe([image.declared])}; its outputs: ` +
          `${describe(measured)}; known are ${FORMS}`,
      );
    }
    return new OnnxModel(session, { image, form, labels, options, format });
  }

  /** Detects things in a frame's bytes. Throws an `Error` if the model fails, or returns values that are not numbers. */
  async detect(pixels: Uint8Array<ArrayBuffer>): Promise<Report> {
    const outputs = await runSession(this.#session, this.#image, this.#input.fill(pixels));
    checkFinite(outputs);
    const { confidence, iou } = this.#options;
    const input = this.#image.layout;
    const found = this.#form.read(outputs, { confidence, input, wanted: this.#wanted });
    if (this.#form.whole) return this.#lists(found);
    const wanted = found.filter(({ label }) => this.#wanted?.has(label) ?? true);
    const kept = this.#form.overlapping ? suppress(wanted, iou) : best(wanted, MAX_DETECTIONS);
    return this.#boxes(kept);
  }

  #lists(found: readonly Candidate[]): Report {
    return {
      labels: found.map(({ label }) => labelOf(this.#labels, label)),
      scores: found.map(({ score }) => rounded(score, 4)),
    };
  }

  #boxes(found: readonly Candidate[]): Report {
    const placed = found.flatMap((candidate) => {
      const box = boxToSource(this.#placement, candidate.corners);
      return box ? [{ candidate, box: box.map((value) => rounded(value, 2)) as Box }] : [];
    });
    const candidates = placed.map(({ candidate }) => candidate);
    const boxes = placed.map(({ box }) => box);
    const landmarks = candidates.map(({ landmarks = [] }) =>
      landmarks.map(([x, y]): Point => {
        const [left, top] = toSource(this.#placement, x, y);
        return [rounded(left, 2), rounded(top, 2)];
      })
    );
    const hasLandmarks = landmarks.some(({ length }) => length > 0);
    return { boxes, ...this.#lists(candidates), ...hasLandmarks && { landmarks } };
  }
}

const BYTES = { mean: [0, 0, 0], deviation: [1, 1, 1] } as const;

/** Runs a model on the values of its input. Throws an `Error` with onnxruntime's reason. */
async function runSession(
  session: InferenceSession,
  { declared, dims }: ImageInput,
  values: Float32Array | Uint8Array,
): Promise<Output[]> {
  using feed = disposable(newTensor(values, dims));
  let results;
  try {
    results = await session.run({ [declared.name]: feed.tensor });
  } catch (thrown) {
    throw new Error(`it failed on a picture: ${ortMessage(thrown)}`, { cause: thrown });
  }
  return session.outputNames.map((name) => {
    const tensor = results[name];
    if (!tensor) throw new Error(`its output ${name} is missing`);
    return { name, dims: tensor.dims, data: numbersOf(name, tensor.data) };
  });
}

function disposable(tensor: ReturnType<typeof newTensor>) {
  return { tensor, [Symbol.dispose]: () => tensor.dispose() };
}

function newBlank({ layout: { type }, dims }: ImageInput): Float32Array | Uint8Array {
  const length = dims.reduce((product, size) => product * size, 1);
  return type === "uint8" ? new Uint8Array(length) : new Float32Array(length);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
