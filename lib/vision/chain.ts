/**
 * A chain of running filters, in the Worker: a frame's pixels go in, the processed ones come out. It
 * owns its Mats and filters. A filter that fails is left out for that frame.
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

/** What happens in a chain besides frames. */
export interface ChainListener {
  readonly event: (event: Detection) => void;
  /** A filter failed; said once for each message. */
  readonly fault: (message: string) => void;
  /** A filter is about to be started. */
  readonly starting?: (name: string) => void;
}

/** How a stage is made for the size that reaches it. */
export interface StagePlan {
  readonly name: string;
  /** Whether it is the user's own: then its frame is kept, to go on with where it fails. */
  readonly own: boolean;
  /** Whether it only looks, in a Worker of its own: then it keeps the size. */
  readonly looks: boolean;
  readonly start: (size: FrameSize, report: (found: Report) => void) => Filter | BackgroundDetector;
  readonly wayBack?: (size: FrameSize) => Affine;
}

/** A filter that fails so often in a row is left out from then on: each exception of OpenCV's leaks. */
const MOST_FAILURES = 100;

/** How many different faults are told. */
const MOST_FAULTS = 100;

interface Stage {
  readonly plan: StagePlan;
  readonly running: Filter | BackgroundDetector;
  /** From this stage's input to the frame as it arrived. */
  readonly wayBack: Affine;
  readonly output: FrameSize;
  /** How often it failed in a row. */
  failures: number;
}

export class Chain {
  /** The size of what comes out. */
  readonly output: FrameSize;
  readonly #size: FrameSize;
  readonly #listener: ChainListener;
  readonly #stages: Stage[] = [];
  readonly #faults = new Set<string>();
  #facts: FrameFacts = { sequence: 0, capturedAt: 0 };

  /**
   * Starts the filters. To learn each one's output size it is tried once with a black picture, then
   * closed and started anew. Throws what a filter throws then.
   */
  constructor(plans: StagePlan[], size: FrameSize, listener: ChainListener) {
    this.#size = size;
    this.#listener = listener;
    let wayBack = IDENTITY;
    let reached = size;
    for (const plan of plans) {
      listener.starting?.(plan.name);
      const output = tried(plan, () => outputSize(plan, reached));
      const back = wayBack;
      const report = (found: Report) => this.#report(plan.name, found, back);
      const running = tried(plan, () => plan.start(reached, report));
      this.#stages.push({ plan, running, wayBack, output, failures: 0 });
      wayBack = compose(wayBack, plan.wayBack?.(reached) ?? scaling(output, reached));
      reached = output;
    }
    this.output = reached;
  }

  /** Waits until the detectors have started. Throws where one of them can't. */
  async ready(): Promise<void> {
    await Promise.all(this.#stages.map(({ running }) => "look" in running && running.ready));
  }

  /**
   * Processes a frame. The result may be the given buffer, written over; where something fails that no
   * filter answers for, it is the frame as it came.
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

  /** Waits for what the detectors have begun, then closes all filters. */
  async close(): Promise<void> {
    for (const { running } of this.#stages) await running.close?.();
  }

  /** A Mat of the frame's pixels, for the caller to delete. */
  #fill(pixels: Uint8Array): Mat {
    const mat = new cv.Mat(this.#size.height, this.#size.width, cv.CV_8UC1);
    mat.data.set(pixels);
    return mat;
  }

  async #run(stage: Stage, mat: Mat): Promise<Mat> {
    const { plan, running, wayBack } = stage;
    if ("look" in running) {
      const boxes = await running.look(mat, this.#facts, {
        report: (found, facts) => this.#report(plan.name, found, wayBack, facts),
        fault: (message) => this.#fault(plan.name, message),
      });
      drawBoxes(cv, mat, boxes);
      return mat;
    }
    if (stage.failures === MOST_FAILURES) return mat;
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
      if (++stage.failures === MOST_FAILURES) {
        this.#fault(plan.name, `left out, it failed ${MOST_FAILURES} times in a row`);
      }
      if (!kept) return mat;
      if (mat.isDeleted() || !sameShape(mat, kept)) return kept.clone();
      kept.copyTo(mat);
      return mat;
    } finally {
      kept?.delete();
    }
  }

  #report(filter: string, found: Report, wayBack: Affine, facts = this.#facts): void {
    checkReport(found);
    const { sequence, capturedAt } = facts;
    const own = { sequence, capturedAt, filter };
    // Once more at the end: a filter's report must not stand in for them.
    this.#listener.event({ ...own, ...moveReport(found, wayBack), ...own });
  }

  #fault(name: string, what: string): void {
    const message = `filter ${name}: ${what}`;
    if (this.#faults.has(message) || this.#faults.size === MOST_FAULTS) return;
    this.#faults.add(message);
    this.#listener.fault(message);
  }

  /** The Mat's pixels in the announced size, in `buffer` where it has that length. */
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

/** Does what starts a filter; what it throws then names the filter. */
function tried<T>({ name }: StagePlan, start: () => T): T {
  try {
    return start();
  } catch (thrown) {
    throw new Error(`${name}: ${faultText(thrown)}`, { cause: thrown });
  }
}

/** What a filter gave back, where that is a gray picture; `mat` where it gave nothing. */
function checked(result: Mat | void, mat: Mat): Mat {
  const given = result ?? mat;
  if (!(given instanceof cv.Mat)) throw new TypeError("it returned something else than a Mat");
  if (given.isDeleted()) throw new TypeError("it deleted the Mat that is to go on");
  if (given.type() !== cv.CV_8UC1 || given.rows === 0 || given.cols === 0) {
    if (given !== mat) given.delete();
    throw new TypeError("it returned a Mat that is not gray (CV_8UC1), or empty");
  }
  return given;
}

function sameShape(a: Mat, b: Mat): boolean {
  return a.rows === b.rows && a.cols === b.cols && a.type() === b.type();
}

/** The size that a stage makes of a black picture. */
function outputSize(plan: StagePlan, size: FrameSize): FrameSize {
  if (plan.looks) return size;
  const running = plan.start(size, () => {}) as Filter;
  using black = new cv.Mat(size.height, size.width, cv.CV_8UC1, [0, 0, 0, 0]);
  try {
    const result = checked(running.process(black, { sequence: 0, capturedAt: 0 }), black);
    const made = { width: result.cols, height: result.rows };
    if (result !== black) result.delete();
    return made;
  } finally {
    running.close?.();
  }
}

/** The way back through a filter of the user's own that changes the size: taken for a scaling. */
function scaling(from: FrameSize, to: FrameSize): Affine {
  return [to.width / from.width, 0, 0, 0, to.height / from.height, 0];
}
