/**
 * Runs a chain of filters, in the Worker: the pixels of a frame in, processed pixels out. It owns its Mats
 * and filters. A filter that fails on a frame is skipped for that frame.
 */

import type { Detection } from "../frame/detection.ts";
import { frameBytes, type FrameSize } from "../frame/frame_size.ts";
import { compose, IDENTITY, moveReport } from "./affine.ts";
import { cv, type Mat } from "./cv.ts";
import { drawBoxes } from "./draw.ts";
import { faultText } from "./fault.ts";
import type { Report } from "../frame/detection.ts";
import type { Affine, Filter, FrameFacts } from "./filter.ts";
import type { BackgroundDetector } from "./background_detector.ts";
import { checkReport } from "./reported.ts";

/** Gets everything that a chain outputs besides frames. */
export interface ChainListener {
  readonly event: (event: Detection) => void;
  /** A filter failed. Called once for each message. */
  readonly fault: (message: string) => void;
  /** A filter is about to start. */
  readonly starting?: (name: string) => void;
}

/** One item of the graph, ready to start for any size of input. */
export interface StagePlan {
  readonly name: string;
  /** Whether it is the user's own filter: the chain copies each input and continues with it on failure. */
  readonly own: boolean;
  /** Whether it is a detector, which runs in its own Worker and keeps the size. */
  readonly detector: boolean;
  readonly start: (
    size: FrameSize,
    report: (report: Report) => void,
  ) => Filter | BackgroundDetector;
  /** Maps its output to its input, of this size. Without it, a change of size is a scaling. */
  readonly toSource?: (size: FrameSize) => Affine;
}

/** A filter is left out after this many failures in a row: each exception in OpenCV leaks memory. */
const MAX_FAILURES = 100;

/** The maximum number of different faults that are reported. */
const MAX_FAULTS = 100;

interface Stage {
  readonly plan: StagePlan;
  readonly running: Filter | BackgroundDetector;
  /** Maps this stage's input to the frame as it arrived. */
  readonly toSource: Affine;
  readonly output: FrameSize;
  /** Failures in a row. */
  failures: number;
}

export class Chain {
  /** The size of the processed frames. */
  readonly output: FrameSize;
  readonly #size: FrameSize;
  readonly #listener: ChainListener;
  readonly #stages: Stage[] = [];
  readonly #faults = new Set<string>();
  #facts: FrameFacts = { sequence: 0, capturedAt: 0 };

  /**
   * Starts the filters. To find its output size, each filter processes a black picture once, and is then
   * closed and started again. Throws if a filter throws.
   */
  constructor(plans: StagePlan[], size: FrameSize, listener: ChainListener) {
    this.#size = size;
    this.#listener = listener;
    let toSource = IDENTITY;
    let input = size;
    for (const plan of plans) {
      listener.starting?.(plan.name);
      const output = named(plan, () => outputSize(plan, input));
      const stageToSource = toSource;
      const report = (report: Report) => this.#report(plan.name, report, stageToSource);
      const running = named(plan, () => plan.start(input, report));
      this.#stages.push({ plan, running, toSource, output, failures: 0 });
      toSource = compose(toSource, plan.toSource?.(input) ?? scaling(output, input));
      input = output;
    }
    this.output = input;
  }

  /** Waits until the detectors have started. Throws if a detector cannot start. */
  async ready(): Promise<void> {
    await Promise.all(this.#stages.map(({ running }) => "detect" in running && running.ready));
  }

  /**
   * Processes a frame. The result can be the given buffer, overwritten. If something outside of the filters
   * fails, the result is the unfiltered frame.
   */
  async process(
    pixels: Uint8Array<ArrayBuffer>,
    facts: FrameFacts,
  ): Promise<Uint8Array<ArrayBuffer>> {
    this.#facts = facts;
    let mat = this.#fill(pixels);
    try {
      for (const stage of this.#stages) {
        const next = await this.#run(stage, mat);
        if (next !== mat) mat[Symbol.dispose]();
        mat = next;
      }
      return this.#read(mat, pixels);
    } catch (thrown) {
      this.#fault("chain", faultText(thrown));
      using unfiltered = this.#fill(pixels);
      return this.#read(unfiltered, pixels);
    } finally {
      mat[Symbol.dispose]();
    }
  }

  /** Closes all filters. Detections under way can still end. */
  async close(): Promise<void> {
    for (const { running } of this.#stages) await running.close?.();
  }

  /** A Mat with the frame's pixels. The caller deletes it. */
  #fill(pixels: Uint8Array): Mat {
    const mat = new cv.Mat(this.#size.height, this.#size.width, cv.CV_8UC1);
    mat.data.set(pixels);
    return mat;
  }

  async #run(stage: Stage, mat: Mat): Promise<Mat> {
    const { plan, running, toSource } = stage;
    if ("detect" in running) {
      const boxes = await running.detect(mat, this.#facts, {
        report: (report, facts) => this.#report(plan.name, report, toSource, facts),
        fault: (message) => this.#fault(plan.name, message),
      });
      drawBoxes(cv, mat, boxes);
      return mat;
    }
    if (stage.failures === MAX_FAILURES) return mat;
    const kept = plan.own ? mat.clone() : undefined;
    try {
      const result = checked(running.process(mat, this.#facts), mat);
      const { width, height } = stage.output;
      if (plan.own && (result.cols !== width || result.rows !== height)) {
        this.#fault(plan.name, `it changed its size from ${width}x${height}; it is scaled to that`);
      }
      stage.failures = 0;
      return result;
    } catch (thrown) {
      this.#fault(plan.name, faultText(thrown));
      if (++stage.failures === MAX_FAILURES) {
        this.#fault(plan.name, `left out, it failed ${MAX_FAILURES} times in a row`);
      }
      if (!kept) return mat;
      if (mat.isDeleted() || !sameShape(mat, kept)) return kept.clone();
      kept.copyTo(mat);
      return mat;
    } finally {
      kept?.delete();
    }
  }

  #report(filter: string, report: Report, toSource: Affine, facts = this.#facts): void {
    checkReport(report);
    const { sequence, capturedAt } = facts;
    const own = { sequence, capturedAt, filter };
    // Again at the end: a report must not overwrite these fields.
    this.#listener.event({ ...own, ...moveReport(report, toSource), ...own });
  }

  #fault(name: string, what: string): void {
    const message = `filter ${name}: ${what}`;
    if (this.#faults.has(message) || this.#faults.size === MAX_FAULTS) return;
    this.#faults.add(message);
    this.#listener.fault(message);
  }

  /** The Mat's pixels, scaled to the announced size; in `buffer` if that has the right length. */
  #read(mat: Mat, buffer: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { width, height } = this.output;
    if (mat.rows !== height || mat.cols !== width) {
      using fitted = new cv.Mat();
      cv.resize(mat, fitted, new cv.Size(width, height));
      return this.#read(fitted, buffer);
    }
    const bytes = frameBytes(this.output);
    const pixels = buffer.length === bytes ? buffer : new Uint8Array(bytes);
    if (mat.isContinuous()) {
      pixels.set(mat.data);
    } else {
      using tight = mat.clone();
      pixels.set(tight.data);
    }
    return pixels;
  }
}

/** Runs `start`, and puts the filter's name before the message of an error. */
function named<T>({ name }: StagePlan, start: () => T): T {
  try {
    return start();
  } catch (thrown) {
    throw new Error(`${name}: ${faultText(thrown)}`, { cause: thrown });
  }
}

/** The Mat that a filter returned, or `mat` if it returned nothing. Throws if it is not a gray picture. */
function checked(result: Mat | void, mat: Mat): Mat {
  const given = result ?? mat;
  if (!(given instanceof cv.Mat)) throw new TypeError("it returned something that is not a Mat");
  if (given.isDeleted()) throw new TypeError("it deleted the Mat that it returned or was given");
  if (given.type() !== cv.CV_8UC1 || given.rows === 0 || given.cols === 0) {
    if (given !== mat) given.delete();
    throw new TypeError("it returned a Mat that is empty or not gray (CV_8UC1)");
  }
  return given;
}

function sameShape(a: Mat, b: Mat): boolean {
  return a.rows === b.rows && a.cols === b.cols && a.type() === b.type();
}

/** The size of a stage's output, measured with a black picture. */
function outputSize(plan: StagePlan, size: FrameSize): FrameSize {
  if (plan.detector) return size;
  const running = plan.start(size, () => {}) as Filter;
  using black = new cv.Mat(size.height, size.width, cv.CV_8UC1, [0, 0, 0, 0]);
  try {
    const result = checked(running.process(black, { sequence: 0, capturedAt: 0 }), black);
    const output = { width: result.cols, height: result.rows };
    if (result !== black) result.delete();
    return output;
  } finally {
    running.close?.();
  }
}

/** The map for a user's own filter that changes the size: it counts as a scaling. */
function scaling(from: FrameSize, to: FrameSize): Affine {
  return [to.width / from.width, 0, 0, 0, to.height / from.height, 0];
}
