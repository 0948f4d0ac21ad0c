/** Pictures of known content, and filters that run with the options of a graph. */

import { chromaSize } from "../../lib/frame/frame_format.ts";
import { type Cv, cv, type Mat } from "../../lib/vision/cv.ts";
import type { Box, Report } from "../../lib/frame/detection.ts";
import type {
  Affine,
  FilterDefinition,
  ParameterTable,
  ParameterValues,
} from "../../lib/vision/filter.ts";
import { deletePicture, type Picture } from "../../lib/vision/picture.ts";

export interface Size {
  width: number;
  height: number;
}

/** A gray Mat with a value for each pixel; the caller deletes it. */
export function picture({ width, height }: Size, gray: (x: number, y: number) => number): Mat {
  const mat = new cv.Mat(height, width, cv.CV_8UC1);
  mat.data.set(Array.from({ length: width * height }, (_, at) => {
    return gray(at % width, Math.floor(at / width));
  }));
  return mat;
}

/** A white box on black. */
export function square(size: Size, [left, top, width, height]: readonly number[]): Mat {
  return picture(size, (x, y) => {
    return x >= left! && y >= top! && x < left! + width! && y < top! + height! ? 255 : 0;
  });
}

/** Pseudorandom grays from 0 to 255, the same in each run. */
export function noise(x: number, y: number): number {
  const mixed = Math.imul(x * 374761393 + y * 668265263 ^ 0x5bf03635, 1274126177);
  return (mixed ^ mixed >>> 15) >>> 8 & 255;
}

export function pixels(mat: Mat): number[] {
  return [...mat.data];
}

export function options<P extends ParameterTable>(
  { parameters }: FilterDefinition<P>,
  given: Record<string, string>,
): ParameterValues<P> {
  const values = Object.entries(parameters).map(([name, { fallback, read }]) => {
    return [name, given[name] === undefined ? fallback : read(given[name])];
  });
  return Object.fromEntries(values) as ParameterValues<P>;
}

export function toSource<P extends ParameterTable>(
  definition: FilterDefinition<P>,
  size: Size,
  given: Record<string, string> = {},
): Affine {
  return definition.toSource!(size, options(definition, given));
}

/** A gray Mat as a picture; with `color` its colors are a smaller copy of it. The caller deletes U and V. */
export function pictureOf(gray: Mat, { color }: { color: boolean }): Picture {
  if (!color) return { gray, chroma: undefined };
  const { width, height } = chromaSize({ width: gray.cols, height: gray.rows });
  const [u, v] = [new cv.Mat(), new cv.Mat()];
  cv.resize(gray, u, new cv.Size(width, height), 0, 0, cv.INTER_NEAREST);
  cv.flip(u, v, 1);
  return { gray, chroma: [u, v] };
}

/** A running filter for pictures of one size. */
export class Running implements Disposable {
  /** The last report. */
  reported: Report = {};
  readonly #filter;
  readonly #color: boolean;
  #sequence = 0;

  constructor(
    // deno-lint-ignore no-explicit-any -- any filter
    definition: FilterDefinition<any>,
    { width, height }: Size,
    given: Record<string, string> = {},
    { opencv = cv, color = false, report = () => {} }: {
      opencv?: Cv;
      color?: boolean;
      report?: (report: Report) => void;
    } = {},
  ) {
    this.#color = color;
    this.#filter = definition.create({
      cv: opencv,
      width,
      height,
      color,
      blank: 0,
      options: options(definition, given),
      report: (reported) => {
        this.reported = reported;
        report(reported);
      },
    });
  }

  /** Processes a Mat. The result can be the given Mat; the caller deletes both. */
  process(mat: Mat, capturedAt = 0): Mat {
    const picture = pictureOf(mat, { color: this.#color });
    try {
      const facts = { sequence: this.#sequence++, capturedAt };
      // A filter that follows another one gets a box that moves.
      const boxes: Box[] = [[facts.sequence * 3 % 50, 10, 12, 20]];
      this.#filter.observe?.({ boxes }, { ...facts, filter: "test" });
      return this.#filter.process(mat, facts, picture) ?? mat;
    } finally {
      deletePicture(picture, { except: { gray: mat, chroma: undefined } });
    }
  }

  /** Processes and deletes a picture. Returns the report. */
  feed(mat: Mat): Report {
    using _mat = mat;
    using _result = this.process(mat);
    return this.reported;
  }

  [Symbol.dispose](): void {
    this.#filter.close?.();
  }
}
