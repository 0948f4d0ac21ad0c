/**
 * The interface of all filters, built-in and the user's own. A definition (`FilterDefinition`) declares a
 * filter; `create` starts it for one size of picture; it processes Mats until it is closed.
 */

import type { Detection, ListName, Report } from "../frame/detection.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { Cv, Mat } from "./cv.ts";
import type { DetectorCrew } from "./detector_crew.ts";
import type { Picture } from "./picture.ts";

/** What a filter knows about a frame. */
export type FrameFacts = Pick<Detection, "sequence" | "capturedAt">;

/** The arguments of a filter's `create`. */
export interface FilterContext<Options> {
  readonly cv: Cv;
  /** The size of all input Mats, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Whether the pictures have colors. */
  readonly color: boolean;
  /** The value of a pixel without content: 0, and 128 for U and V. */
  readonly blank: number;
  readonly options: Options;
  /** Reports results for the frame that is being processed. */
  readonly report: (report: Report) => void;
  /** For a filter that `follows`: the size of the frame as it arrived, in pixels. */
  readonly frame?: { readonly width: number; readonly height: number };
  /** For a filter that `follows`: maps its picture to the frame as it arrived. */
  readonly toSource?: Affine;
  /** For a filter that `follows`: numbers from 1 on, each once in the chain. */
  readonly nextId?: () => number;
}

/** A running filter. */
export interface Filter {
  /**
   * Processes a gray Mat (`CV_8UC1`): either changes it and returns nothing, or returns another gray Mat.
   * The caller owns the returned Mat and deletes it after the frame. `picture` is the whole picture, of which `mat` is
   * the gray plane; draw.ts draws in it. The user's own filter gets a copy in BGR (`CV_8UC3`) if it asks for it, and no
   * picture.
   */
  process(mat: Mat, frame: FrameFacts, picture: Picture): Mat | void;
  /**
   * For a filter that `follows`: takes a report of the filter before it, with coordinates of the frame as it arrived.
   * `facts` are those of the report's frame, which can be an earlier one.
   */
  observe?(report: Report, facts: FrameFacts & { readonly filter: string }): void;
  /** Deletes all Mats and other objects that the filter keeps. */
  close?(): void;
}

/** A running detector: it does not change the frame, and runs beside the stream, at its own rate. */
export interface Detector {
  /** Fulfilled when it is ready, rejected if it cannot start. Without it, the detector is ready at once. */
  readonly ready?: Promise<void>;
  /**
   * Detects things in a gray Mat, which it must not change. `interval`: the milliseconds between two frames
   * of the stream, if known. If a detection takes longer, the next frame gets none of its own.
   */
  detect(mat: Mat, interval?: number): Report | Promise<Report>;
  close?(): void;
}

/** Maps coordinates in a filter's output to its input: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

interface Declaration<P extends ParameterTable> {
  /** Its name in a graph. */
  readonly name: string;
  /** One sentence for `--filter list`. */
  readonly summary: string;
  readonly parameters: P;
  /** What it reports, in words; "" for nothing. */
  readonly reports: string;
  /** The list in its report that holds the detections; `--on` can start a recording on them. */
  readonly detections?: ListName;
  /** What all of its boxes are, such as "face"; undefined if it says it itself, or does not know it. */
  readonly label?: string;
  /** Whether it works on the colors of a stream, where it has them: the client asks for them. */
  readonly needsColor?: true;
  /** A line for `--filter list`, below the summary. */
  readonly note?: string;
}

/** A filter that processes every frame. */
export interface FilterDefinition<P extends ParameterTable = ParameterTable>
  extends Declaration<P> {
  readonly kind: "filter";
  readonly create: (context: FilterContext<ParameterValues<P>>) => Filter;
  /** For a filter that moves pixels: maps its output to its input, for an input of this size. */
  readonly toSource?: (
    size: { width: number; height: number },
    options: ParameterValues<P>,
  ) => Affine;
  /** Whether the result has no colors. Otherwise a filter changes the gray plane and keeps the colors. */
  readonly removesColor?: true;
  /** For a filter that moves pixels: the options with which it moves U and V. `size` is that of the gray plane. */
  readonly chromaOptions?: (
    size: { width: number; height: number },
    options: ParameterValues<P>,
  ) => ParameterValues<P>;
  /**
   * Whether it takes the reports of the nearest filter before it that reports boxes, in place of the outputs. Its own
   * reports have coordinates of the frame as it arrived.
   */
  readonly follows?: true;
  /** Whether pixels move within the picture, so that positions in the input do not fit the output. */
  readonly movesPixels?: true;
}

/** A detector. Its boxes are drawn on every frame unless `draw=0`. */
export interface DetectorDefinition<P extends DetectorParameters = DetectorParameters>
  extends Declaration<P> {
  readonly kind: "detector";
  /** Starts it in a Worker with OpenCV. `model` loads a built-in model by name, or a file by path. */
  readonly create: (
    context:
      & Pick<FilterContext<ParameterValues<P>>, "cv" | "width" | "height" | "options">
      & { model: ModelLoader },
  ) => Detector;
}

/** A detector with Workers of its own. */
export interface CrewDetectorDefinition<P extends DetectorParameters = DetectorParameters>
  extends Declaration<P> {
  readonly kind: "detector";
  /** Starts it for frames of this format. Throws an `Error` for the user. */
  readonly crew: (
    context: { readonly format: FrameFormat; readonly options: ParameterValues<P> },
  ) => DetectorCrew;
}

/** The bytes of a cascade: `alt2`, `default`, `eye`, or a file's path. */
export type ModelLoader = (name: string) => Uint8Array;

/** One parameter of a filter. */
export interface Parameter<T> {
  readonly fallback: T;
  readonly help: string;
  /** Reads the value from a graph. Throws an `Error` that says what is expected. */
  readonly read: (text: string) => T;
}

// deno-lint-ignore no-explicit-any -- parameters of one table have values of different types
export type ParameterTable = { readonly [name: string]: Parameter<any> };

export type ParameterValues<P extends ParameterTable> = {
  readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never;
};

/** The parameters that every detector has. */
export const detectorParameters = {
  rate: number(0, {
    from: 0,
    to: 1000,
    help: "the maximum number of detections per second; 0: no limit",
  }),
  draw: whole(1, { from: 0, to: 1, help: "1: draw the boxes, 0: leave the picture as it is" }),
};
export type DetectorParameters = ParameterTable & typeof detectorParameters;

/** Declares a filter; the types of its options come from its parameters. */
export function defineFilter<P extends ParameterTable>(
  definition: Omit<FilterDefinition<P>, "kind">,
): FilterDefinition<P> {
  return { kind: "filter", ...definition };
}

/** Declares a detector; its parameters also get `rate` and `draw`. */
export function defineDetector<P extends ParameterTable>(
  definition: Omit<DetectorDefinition<P & typeof detectorParameters>, "kind" | "parameters"> & {
    parameters: P;
  },
): DetectorDefinition<P & typeof detectorParameters> {
  const parameters = { ...definition.parameters, ...detectorParameters };
  return { ...definition, kind: "detector", parameters };
}

/** Declares a detector with Workers of its own; its parameters include `rate` and `draw`. */
export function defineCrewDetector<P extends DetectorParameters>(
  definition: Omit<CrewDetectorDefinition<P>, "kind">,
): CrewDetectorDefinition<P> {
  return { kind: "detector", ...definition };
}

/** A number in a range. */
export function number(
  fallback: number,
  { from, to, help }: { from: number; to: number; help: string },
): Parameter<number> {
  const read = (text: string) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= from && value <= to)) {
      throw new RangeError(`expected a number from ${from} to ${to}`);
    }
    return value;
  };
  return { fallback, help, read };
}

/** A whole number in a range; with `odd` an odd number, for kernels. */
export function whole(
  fallback: number,
  { from, to, help, odd = false }: { from: number; to: number; help: string; odd?: boolean },
): Parameter<number> {
  const read = (text: string) => {
    const value = Number(text);
    const fits = /^-?\d+$/.test(text) && value >= from && value <= to;
    if (!fits || (odd && value % 2 === 0)) {
      throw new RangeError(`expected ${odd ? "an odd" : "a whole"} number from ${from} to ${to}`);
    }
    return value;
  };
  return { fallback, help, read };
}

/** One of several words. */
export function word<const T extends string>(
  fallback: NoInfer<T>,
  { of, help }: { of: readonly T[]; help: string },
): Parameter<T> {
  const read = (text: string) => {
    const found = of.find((candidate) => candidate === text);
    if (found === undefined) throw new RangeError(`expected one of ${of.join(", ")}`);
    return found;
  };
  return { fallback, help: `${help}: ${of.join(", ")}`, read };
}

/** Any text. */
export function text(fallback: string, { help }: { help: string }): Parameter<string> {
  return { fallback, help, read: (value) => value };
}
