/** One filter of a chain at work: a picture in, a picture out. It owns the filter, and deletes the Mats that it replaces. */

import type { Report } from "../frame/detection.ts";
import { chromaSize, type FrameFormat, hasColor, NEUTRAL } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { BackgroundDetector } from "./background_detector.ts";
import type { Cv, Mat } from "./cv.ts";
import type { Affine, Filter, FilterContext, FrameFacts } from "./filter.ts";
import { newMat } from "./new_mat.ts";
import {
  blackPicture,
  type Chroma,
  deletePicture,
  formatOf,
  fromMat,
  type Picture,
  toBgr,
} from "./picture.ts";

/** What a filter is started with. */
export type StageInput = Pick<
  FilterContext<unknown>,
  "width" | "height" | "color" | "blank" | keyof FollowerInput
>;

/** What a filter that follows another one needs beside the picture. */
export type FollowerInput = Pick<FilterContext<unknown>, "frame" | "toSource" | "nextId">;

/** One item of the graph, ready to start for any format of input. */
export interface StagePlan {
  readonly name: string;
  /** Whether it is the user's own filter: the chain continues with the unfiltered picture if it fails. */
  readonly own: boolean;
  /** Whether it is a detector, which runs in its own Worker and keeps the size. */
  readonly detector: boolean;
  /** Whether it processes the gray plane, or a copy of the picture in BGR. */
  readonly pixels: "gray" | "bgr";
  /** Whether its result has no colors. */
  readonly removesColor: boolean;
  /** Whether it reports boxes that a later stage can follow. The user's own filter always can. */
  readonly finds?: boolean;
  /** Whether it follows the boxes of the nearest stage before it that reports some. */
  readonly follows?: boolean;
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
    { format, report, following = {} }: {
      format: FrameFormat;
      report: (report: Report) => void;
      following?: FollowerInput;
    },
  ) {
    this.#cv = cv;
    this.#plan = plan;
    this.#filter = plan.start({ ...stageInput(format), ...following }, report) as Filter;
    if (!hasColor(format) || !plan.startChroma) return;
    try {
      const half = { ...chromaSize(format), color: true, blank: NEUTRAL };
      this.#chroma = plan.startChroma(half, format);
    } catch (thrown) {
      this.#filter.close?.();
      throw thrown;
    }
  }

  /** The format of the results, measured with a black picture by a stage of its own. Throws what the filter throws. */
  static outputFormat(cv: Cv, plan: StagePlan, format: FrameFormat): FrameFormat {
    if (plan.detector) return format;
    const stage = new Stage(cv, plan, { format, report: () => {} });
    let picture: Picture | undefined;
    try {
      picture = blackPicture(cv, format);
      picture = stage.process(picture, { sequence: 0, capturedAt: 0 });
      return formatOf(picture);
    } finally {
      if (picture) deletePicture(picture);
      stage.close();
    }
  }

  /**
   * Processes a picture and deletes those of its Mats that are not in the result. If the filter fails, this throws and
   * deletes nothing; the gray plane is then as far as the filter came.
   */
  process(picture: Picture, facts: FrameFacts): Picture {
    const next = this.#plan.pixels === "bgr"
      ? this.#processBgr(picture, facts)
      : this.#processGray(picture, facts);
    deletePicture(picture, { except: next });
    return next;
  }

  /** Gives a filter that follows another one a report of that. */
  observe(report: Report, facts: FrameFacts & { filter: string }): void {
    this.#filter.observe?.(report, facts);
  }

  close(): void {
    this.#filter.close?.();
    this.#chroma?.close?.();
  }

  #processGray(picture: Picture, facts: FrameFacts): Picture {
    const cv = this.#cv;
    const given = picture.gray;
    const returned = this.#filter.process(given, facts, picture);
    const gray = checked(cv, returned, { given, types: [cv.CV_8UC1] });
    if (!picture.chroma || this.#plan.removesColor) return { gray, chroma: undefined };
    try {
      return { gray, chroma: this.#moveChroma(picture.chroma, gray, { picture, facts }) };
    } catch (thrown) {
      if (gray !== given) gray.delete();
      throw thrown;
    }
  }

  /** U and V for a gray plane that the filter made. */
  #moveChroma(
    [u, v]: Chroma,
    gray: Mat,
    frame: { picture: Picture; facts: FrameFacts },
  ): Chroma {
    const size = chromaSize({ width: gray.cols, height: gray.rows });
    const movedU = this.#movePlane(u, size, frame);
    try {
      return [movedU, this.#movePlane(v, size, frame)];
    } catch (thrown) {
      if (movedU !== u) movedU.delete();
      throw thrown;
    }
  }

  #movePlane(
    plane: Mat,
    { width, height }: FrameSize,
    { picture, facts }: { picture: Picture; facts: FrameFacts },
  ): Mat {
    const cv = this.#cv;
    const moved = this.#chroma?.process(plane, facts, picture) ?? plane;
    if (moved.cols === width && moved.rows === height) return moved;
    // The user's own filter has changed the size of the gray plane.
    try {
      return newMat(cv, (scaled) => cv.resize(moved, scaled, new cv.Size(width, height)));
    } finally {
      if (moved !== plane) moved.delete();
    }
  }

  #processBgr(picture: Picture, facts: FrameFacts): Picture {
    const cv = this.#cv;
    using bgr = toBgr(cv, picture);
    const returned = this.#filter.process(bgr, facts, picture);
    const result = checked(cv, returned, { given: bgr, types: [cv.CV_8UC3, cv.CV_8UC1] });
    try {
      return fromMat(cv, result, { color: picture.chroma !== undefined });
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
 * The Mat that a filter returned, or the given one if it returned nothing; a copy if it is a part of another Mat. Throws
 * if it is not a picture of these types.
 */
function checked(
  cv: Cv,
  returned: Mat | void,
  { given, types }: { given: Mat; types: readonly number[] },
): Mat {
  const mat = returned ?? given;
  if (!(mat instanceof cv.Mat)) throw new TypeError("it returned something that is not a Mat");
  if (mat.isDeleted()) throw new TypeError("it deleted the Mat that it returned or was given");
  const isPicture = types.includes(mat.type()) && mat.rows > 0 && mat.cols > 0;
  if (isPicture && mat.isContinuous()) return mat;
  try {
    if (isPicture) return mat.clone();
    const wanted = types.length > 1
      ? "neither CV_8UC3 nor CV_8UC1"
      : mat.type() === cv.CV_8UC3
      ? 'not gray (CV_8UC1); for CV_8UC3: export const pixels = "bgr"'
      : "not gray (CV_8UC1)";
    throw new TypeError(`it returned a Mat that is empty or ${wanted}`);
  } finally {
    if (mat !== given) mat.delete();
  }
}
