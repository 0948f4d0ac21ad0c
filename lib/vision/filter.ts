/**
 * The one shape of all filters, the built-in ones and the user's own. A filter is declared by a table
 * (`FilterDefinition`), made for a picture's size (`create`), fed with Mats and closed.
 */

import type { Detection, ListName, Report } from "../frame/detection.ts";
import type { Cv, Mat } from "./cv.ts";

/** What a filter knows of the frame that it is given. */
export type FrameFacts = Pick<Detection, "sequence" | "capturedAt">;

/** What a filter is made with. */
export interface FilterContext<Options> {
  readonly cv: Cv;
  /** The size of the Mats to come, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly options: Options;
  /** Tells what was found in the frame that is being processed. */
  readonly report: (report: Report) => void;
}

/** A running filter. */
export interface Filter {
  /**
   * Processes a gray Mat (`CV_8UC1`). It may change it and return nothing, or return another gray Mat,
   * which then belongs to the caller: it is deleted when the frame is done.
   */
  process(mat: Mat, frame: FrameFacts): Mat | void;
  /** Deletes what it keeps. */
  close?(): void;
}

/** A running detector: it only looks. It runs beside the stream, at its own rate. */
export interface Detector {
  /** Fulfilled when it is ready, rejected where it can't be; at once without it. */
  readonly ready?: Promise<void>;
  /**
   * What is in a gray Mat, which it must not change. `interval` are the milliseconds between the
   * stream's frames, where they are known: what takes longer keeps the next frame from being searched.
   */
  detect(mat: Mat, interval?: number): Report | Promise<Report>;
  close?(): void;
}

/** How the coordinates of a filter's result lead back to its input: x' = a x + b y + c, y' = d x + e y + f. */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

interface Declaration<P extends ParameterTable> {
  /** Its name in a graph. */
  readonly name: string;
  /** One sentence for `--filter list`. */
  readonly summary: string;
  readonly parameters: P;
  /** What it reports, in words; "" where it reports nothing. */
  readonly reports: string;
  /** The list of its report whose entries are what it finds: `--on` can wait for them. */
  readonly finds?: ListName;
}

/** A filter that processes every frame. */
export interface FilterDefinition<P extends ParameterTable = ParameterTable>
  extends Declaration<P> {
  readonly kind: "filter";
  readonly create: (context: FilterContext<ParameterValues<P>>) => Filter;
  /** For a filter that moves pixels: the way back, for an input of this size. */
  readonly wayBack?: (
    size: { width: number; height: number },
    options: ParameterValues<P>,
  ) => Affine;
  /** Whether pixels move within the picture: then what was found before stands somewhere else in its result. */
  readonly movesPixels?: true;
}

/** A detector: its boxes are drawn on every frame unless `draw=0`. */
export interface DetectorDefinition<P extends DetectorParameters = DetectorParameters>
  extends Declaration<P> {
  readonly kind: "detector";
  /** `model` gives a built-in model by name, or the file that a parameter names. */
  readonly create: (
    context: Omit<FilterContext<ParameterValues<P>>, "report"> & { model: ModelLoader },
  ) => Detector;
}

/** The bytes of a cascade: `alt2`, `default`, `eye`, or a file's path. */
export type ModelLoader = (name: string) => Uint8Array;

/** One parameter of a filter. */
export interface Parameter<T> {
  readonly fallback: T;
  readonly help: string;
  /** Reads the text of a graph; throws an `Error` that says what is wanted. */
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
    help: "detections a second at the most; 0 is as many as can be",
  }),
  draw: whole(1, { from: 0, to: 1, help: "1 draws the boxes, 0 leaves the picture alone" }),
};
export type DetectorParameters = ParameterTable & typeof detectorParameters;

/** Declares a filter, so that its options are typed by its parameters. */
export function defineFilter<P extends ParameterTable>(
  definition: Omit<FilterDefinition<P>, "kind">,
): FilterDefinition<P> {
  return { kind: "filter", ...definition };
}

/** Declares a detector; `rate` and `draw` are added to its parameters. */
export function defineDetector<P extends ParameterTable>(
  definition: Omit<DetectorDefinition<P & typeof detectorParameters>, "kind" | "parameters"> & {
    parameters: P;
  },
): DetectorDefinition<P & typeof detectorParameters> {
  const parameters = { ...definition.parameters, ...detectorParameters };
  return { ...definition, kind: "detector", parameters };
}

/** A number. */
export function number(
  fallback: number,
  { from, to, help }: { from: number; to: number; help: string },
): Parameter<number> {
  const read = (text: string) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= from && value <= to)) {
      throw new RangeError(`wanted a number from ${from} to ${to}`);
    }
    return value;
  };
  return { fallback, help, read };
}

/** A whole number; with `odd`, an odd one, as kernels have. */
export function whole(
  fallback: number,
  { from, to, help, odd = false }: { from: number; to: number; help: string; odd?: boolean },
): Parameter<number> {
  const read = (text: string) => {
    const value = Number(text);
    const fits = /^-?\d+$/.test(text) && value >= from && value <= to;
    if (!fits || (odd && value % 2 === 0)) {
      throw new RangeError(`wanted ${odd ? "an odd" : "a whole"} number from ${from} to ${to}`);
    }
    return value;
  };
  return { fallback, help, read };
}

/** One of a few words. */
export function word<const T extends string>(
  fallback: NoInfer<T>,
  { of, help }: { of: readonly T[]; help: string },
): Parameter<T> {
  const read = (text: string) => {
    const found = of.find((candidate) => candidate === text);
    if (found === undefined) throw new RangeError(`wanted one of ${of.join(", ")}`);
    return found;
  };
  return { fallback, help: `${help}: ${of.join(", ")}`, read };
}

/** Any text. */
export function text(fallback: string, { help }: { help: string }): Parameter<string> {
  return { fallback, help, read: (value) => value };
}
