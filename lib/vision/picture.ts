/**
 * A frame in the filters: its planes as Mats, and their conversion to BGR and back. Whoever makes a picture deletes its
 * Mats.
 */

import {
  chromaSize,
  frameBytes,
  type FrameFormat,
  hasColor,
  NEUTRAL,
} from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { planesOf } from "../frame/plane.ts";
import { readBgr, writeBgr } from "./bgr.ts";
import type { Cv, Mat } from "./cv.ts";
import { newMat } from "./new_mat.ts";

/** A picture. Its Mats are continuous: their `data` has no padding. */
export interface Picture {
  /** `CV_8UC1`, of the picture's size. */
  readonly gray: Mat;
  /** U and V, `CV_8UC1`, of half the size, rounded up; undefined for a gray picture. */
  readonly chroma: Chroma | undefined;
}

export type Chroma = readonly [u: Mat, v: Mat];

/** A picture with the pixels of a frame. */
export function newPicture(
  cv: Cv,
  format: FrameFormat,
  pixels: Uint8Array<ArrayBuffer>,
): Picture {
  const [gray, u, v] = planesOf({ format, pixels }).map((plane) => {
    const mat = new cv.Mat(plane.height, plane.width, cv.CV_8UC1);
    mat.data.set(plane.pixels);
    return mat;
  }) as [Mat, Mat?, Mat?];
  return { gray, chroma: u && v && [u, v] };
}

/** Deletes the Mats of a picture, except those that another one has too. */
export function deletePicture(picture: Picture, { except }: { except?: Picture } = {}): void {
  const kept = except ? matsOf(except) : [];
  for (const mat of matsOf(picture)) if (!kept.includes(mat)) mat[Symbol.dispose]();
}

/** The bytes of a picture in a format: scaled to its size; in `buffer` if that is long enough. */
export function readPicture(
  cv: Cv,
  picture: Picture,
  { format, buffer }: { format: FrameFormat; buffer: Uint8Array<ArrayBuffer> },
): Uint8Array<ArrayBuffer> {
  const bytes = frameBytes(format);
  const pixels = buffer.length < bytes ? new Uint8Array(bytes) : buffer.subarray(0, bytes);
  const mats = matsOf(picture);
  for (const [i, plane] of planesOf({ format, pixels }).entries()) {
    const mat = mats[i];
    if (mat) readMat(cv, mat, plane, plane.pixels);
    else plane.pixels.fill(NEUTRAL);
  }
  return pixels;
}

/** U and V without colors, for a picture of this size. */
export function neutralChroma(cv: Cv, size: FrameSize): Chroma {
  const { width, height } = chromaSize(size);
  const plane = () => new cv.Mat(height, width, cv.CV_8UC1, [NEUTRAL, 0, 0, 0]);
  return [plane(), plane()];
}

/** A copy of the picture in BGR (`CV_8UC3`). The caller deletes it. */
export function toBgr(cv: Cv, { gray, chroma }: Picture): Mat {
  if (!chroma) return newMat(cv, (bgr) => cv.cvtColor(gray, bgr, cv.COLOR_GRAY2BGR));
  const size = { width: gray.cols, height: gray.rows };
  const bgr = new cv.Mat(size.height, size.width, cv.CV_8UC3);
  const [u, v] = chroma;
  writeBgr({ gray: gray.data, u: u.data, v: v.data }, size, bgr.data);
  return bgr;
}

/** A picture with the pixels of a Mat, BGR (`CV_8UC3`) or gray (`CV_8UC1`); with `color` it has U and V. */
export function fromMat(cv: Cv, mat: Mat, { color }: { color: boolean }): Picture {
  const size = { width: mat.cols, height: mat.rows };
  if (mat.type() === cv.CV_8UC1) {
    return { gray: mat.clone(), chroma: color ? neutralChroma(cv, size) : undefined };
  }
  if (!color) {
    const gray = newMat(cv, (gray) => cv.cvtColor(mat, gray, cv.COLOR_BGR2GRAY));
    return { gray, chroma: undefined };
  }
  const picture = blackPicture(cv, { ...size, pixels: "yuv420p" });
  const [gray, u, v] = matsOf(picture).map(({ data }) => data) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  readBgr(mat.data, size, { gray, u, v });
  return picture;
}

/** The format of a picture as it is. */
export function formatOf({ gray, chroma }: Picture): FrameFormat {
  return { width: gray.cols, height: gray.rows, pixels: chroma ? "yuv420p" : "gray" };
}

/** A black picture. */
export function blackPicture(cv: Cv, format: FrameFormat): Picture {
  const gray = new cv.Mat(format.height, format.width, cv.CV_8UC1, [0, 0, 0, 0]);
  return { gray, chroma: hasColor(format) ? neutralChroma(cv, format) : undefined };
}

function matsOf({ gray, chroma }: Picture): Mat[] {
  return [gray, ...chroma ?? []];
}

function readMat(cv: Cv, mat: Mat, { width, height }: FrameSize, into: Uint8Array): void {
  if (mat.rows === height && mat.cols === width) return into.set(mat.data);
  using scaled = new cv.Mat();
  cv.resize(mat, scaled, new cv.Size(width, height));
  into.set(scaled.data);
}
