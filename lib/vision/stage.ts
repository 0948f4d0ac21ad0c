/** One filter of a chain at work: a picture in, a picture out. It owns the filter, and deletes the Mats that it replaces. */

import type { Report } from "../frame/detection.ts";
import { chromaSize, type FrameFormat, hasColor, NEUTRAL } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { BackgroundDetector } from "./background_detector.ts";
import { type Cv, type Mat } from "./cv.ts";
import type { Affine, Filter, FilterContext, FrameFacts } from "./filter.ts";
import { newMat } from "./new_mat.ts";
import {
  blackPicture,
  type Chroma,
  clonePicture,
  deletePicture,
  formatOf,
  fromBgr,
  neutralChroma,
  type Picture,
  toBgr,
} from "./picture.ts";

/** What a filter is started with. */
export type StageInput = Pick<FilterContext<unknown>, "width" | "height" | "color" | "blank">;

/** One item of the graph, ready to start for any format of input. */
export interface StagePlan {
  readonly name: string;
  /** Whether it is the user's own filter: the chain copies each input and continues with it on failure. */
  readonly own: boolean;
  /** Whether it is a detector, which runs in its own Worker and keeps the size. */
  readonly detector: boolean;
  /** Whether it processes the gray plane, or the picture in BGR. */
  readonly pixels: "gray" | "bgr";
  /** Whether its result has no colours. */
  readonly isGray: boolean;
  readonly start: (
    input: StageInput,
    report: (report: Report) => void,
  ) => Filter | BackgroundDetector;
  /** For a filter that moves pixels: starts the one that moves U and V. `of` is the size of the gray plane. */
  readonly startChroma?: (input: StageInput, of: FrameSize) => Filter;
  /** Maps its output to its input, of this size. Without it, a change of size is a scaling. */
  readonly toSource?: (size: FrameSize) => Affine;
}

export class Stage {
  readonly #cv: Cv;
  readonly #plan: StagePlan;
  readonly #filter: Filter;
  readonly #chroma: Filter | undefined;

  /** Starts the filter. Throws what it throws. */
  constructor(
    cv: Cv,
    plan: StagePlan,
    { format, report }: { format: FrameFormat; report: (report: Report) => void },
  ) {
    this.#cv = cv;
    this.#plan = plan;
    this.#filter = plan.start(stageInput(format), report) as Filter;
    if (!hasColor(format)) return;
    const half = { ...chromaSize(format), color: true, blank: NEUTRAL };
    this.#chroma = plan.startChroma?.(half, format);
  }

  /** The format of the results, measured with a black picture by a stage of its own. Throws what the filter throws. */
  static outputFormat(cv: Cv, plan: StagePlan, format: FrameFormat): FrameFormat {
    if (plan.detector) return format;
    const stage = new Stage(cv, plan, { format, report: () => {} });
    const black = blackPicture(cv, format);
    let result = black;
    try {
      result = stage.process(black, { sequence: 0, capturedAt: 0 });
      return formatOf(result);
    } finally {
      deletePicture(result);
      stage.close();
    }
  }

  /**
   * Processes a picture, whose Mats belong to the stage then. Throws if the filter fails; the picture is then as it was
   * (after a failure of the user's own filter), or as far as the filter came.
   */
  process(picture: Picture, facts: FrameFacts): Picture {
    const next = this.#plan.pixels === "bgr"
      ? this.#processBgr(picture, facts)
      : this.#processGray(picture, facts);
    deletePicture(picture, { except: next });
    return next;
  }

  close(): void {
    this.#filter.close?.();
    this.#chroma?.close?.();
  }

  #processGray(picture: Picture, facts: FrameFacts): Picture {
    const cv = this.#cv;
    const { gray, chroma } = picture;
    const result = checked(cv, this.#filter.process(gray, facts, picture), {
      given: gray,
      types: [cv.CV_8UC1],
    });
    if (!chroma || this.#plan.isGray) return { gray: result, chroma: undefined };
    return { gray: result, chroma: this.#chromaFor(result, { picture, facts }) };
  }

  /** U and V for a gray plane that was made of that of `picture`. */
  #chromaFor(
    gray: Mat,
    { picture, facts }: { picture: Picture; facts: FrameFacts },
  ): Chroma | undefined {
    const cv = this.#cv;
    const { width, height } = chromaSize({ width: gray.cols, height: gray.rows });
    const [u, v] = (picture.chroma ?? []).map((plane) => {
      const moved = this.#chroma?.process(plane, facts, picture) ?? plane;
      if (moved.cols === width && moved.rows === height) return moved;
      const scaled = newMat(cv, (mat) => cv.resize(moved, mat, new cv.Size(width, height)));
      if (moved !== plane) moved.delete();
      return scaled;
    });
    return u && v && [u, v];
  }

  #processBgr(picture: Picture, facts: FrameFacts): Picture {
    const cv = this.#cv;
    using bgr = toBgr(cv, picture);
    const returned = this.#filter.process(bgr, facts, picture);
    if (!returned && !this.#plan.own) return picture;
    const result = checked(cv, returned, { given: bgr, types: [cv.CV_8UC3, cv.CV_8UC1] });
    const color = picture.chroma !== undefined;
    if (result.type() === cv.CV_8UC1) {
      const size = { width: result.cols, height: result.rows };
      return { gray: result, chroma: color ? neutralChroma(cv, size) : undefined };
    }
    try {
      return fromBgr(cv, result, { color });
    } finally {
      if (result !== bgr) result.delete();
    }
  }
}

/** What a filter or a detector is started with for pictures of this format. */
export function stageInput(format: FrameFormat): StageInput {
  const { width, height } = format;
  return { width, height, color: hasColor(format), blank: 0 };
}

/**
 * Runs the user's own filter such that a failure costs nothing: it works on the picture, of which a copy is kept.
 * `onFailure` gets what it throws.
 */
export function guarded(
  stage: Stage,
  picture: Picture,
  { facts, onFailure }: { facts: FrameFacts; onFailure: (thrown: unknown) => void },
): Picture {
  const kept = clonePicture(picture);
  try {
    const next = stage.process(picture, facts);
    deletePicture(kept);
    return next;
  } catch (thrown) {
    onFailure(thrown);
    deletePicture(picture);
    return kept;
  }
}

/** The Mat that a filter returned, or the given one if it returned nothing. Throws if it is not a picture of these types. */
function checked(
  cv: Cv,
  result: Mat | void,
  { given, types }: { given: Mat; types: readonly number[] },
): Mat {
  const mat = result ?? given;
  if (!(mat instanceof cv.Mat)) throw new TypeError("it returned something that is not a Mat");
  if (mat.isDeleted()) throw new TypeError("it deleted the Mat that it returned or was given");
  if (types.includes(mat.type()) && mat.rows > 0 && mat.cols > 0) return mat;
  if (mat !== given) mat.delete();
  const wanted = types.length === 1 ? "not gray (CV_8UC1)" : "neither CV_8UC3 nor CV_8UC1";
  throw new TypeError(`it returned a Mat that is empty or ${wanted}`);
}
