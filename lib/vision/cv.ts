/**
 * OpenCV (opencv-wasm 4.3) with types for the functions used here: its own types are `any`. No other file
 * imports opencv-wasm. Only Workers import this file: loading takes 0.2 s and about 100 MB.
 *
 * Mats and the other classes are in WebAssembly's memory, outside of the garbage collector: the code that
 * creates one deletes it. They are `Disposable`: `using mat = new cv.Mat()` deletes the Mat.
 */

import opencv from "opencv-wasm";

/** An object in WebAssembly's memory. */
interface Owned extends Disposable {
  delete(): void;
  isDeleted(): boolean;
}

/** A matrix: a plane with one byte a pixel (type `CV_8UC1`), or a picture with blue, green and red (`CV_8UC3`). */
export interface Mat extends Owned {
  readonly rows: number;
  readonly cols: number;
  /** A view of WebAssembly's memory. It becomes invalid when that memory grows: do not keep it. */
  readonly data: Uint8Array;
  readonly data32S: Int32Array;
  readonly data32F: Float32Array;
  type(): number;
  clone(): Mat;
  copyTo(target: Mat): void;
  /** A view of a part, without a copy; it has to be deleted too. */
  roi(rect: Rect): Mat;
  setTo(value: Scalar, mask?: Mat): void;
  isContinuous(): boolean;
}

export interface Point {
  x: number;
  y: number;
}
export interface Size {
  width: number;
  height: number;
}
export interface Rect extends Point, Size {}
/** Four channel values; gray uses the first. */
export type Scalar = [number, number, number, number];

/** A list of Mats, rectangles or points in WebAssembly's memory. */
interface Vector<T> extends Owned {
  size(): number;
  get(index: number): T;
  push_back(item: T): void;
}
export type MatVector = Vector<Mat>;

export interface CascadeClassifier extends Owned {
  /** Loads a file from the module's file system. */
  load(name: string): boolean;
  detectMultiScale(
    image: Mat,
    found: Vector<Rect>,
    scale: number,
    neighbours: number,
    flags: number,
    minSize: Size,
    maxSize?: Size,
  ): void;
}

interface HOGDescriptor extends Owned {
  setSVMDetector(weights: Mat): void;
  detectMultiScale(
    image: Mat,
    found: Vector<Rect>,
    weights: Vector<number>,
    hitThreshold: number,
    stride: Size,
    padding: Size,
    scale: number,
    finalThreshold: number,
    meanShift: boolean,
  ): void;
}

interface BackgroundSubtractorMOG2 extends Owned {
  apply(image: Mat, mask: Mat, learningRate?: number): void;
}

interface CLAHE extends Owned {
  apply(image: Mat, target: Mat): void;
}

/** The part of OpenCV that is used here, with the names and order of OpenCV's documentation. */
export interface Cv {
  readonly Mat: {
    new (): Mat;
    new (rows: number, columns: number, type: number, fill?: Scalar): Mat;
  };
  readonly MatVector: new () => Vector<Mat>;
  readonly RectVector: new () => Vector<Rect>;
  readonly DoubleVector: new () => Vector<number>;
  readonly Size: new (width: number, height: number) => Size;
  readonly Point: new (x: number, y: number) => Point;
  readonly Rect: new (x: number, y: number, width: number, height: number) => Rect;
  readonly CascadeClassifier: new () => CascadeClassifier;
  readonly HOGDescriptor: { new (): HOGDescriptor; getDefaultPeopleDetector(): Vector<number> };
  readonly BackgroundSubtractorMOG2: new (
    history: number,
    threshold: number,
    shadows: boolean,
  ) => BackgroundSubtractorMOG2;
  readonly CLAHE: new (clipLimit: number, tiles: Size) => CLAHE;

  readonly CV_8UC1: number;
  readonly CV_8UC3: number;
  readonly CV_32FC1: number;
  readonly CV_32FC2: number;
  readonly INTER_NEAREST: number;
  readonly INTER_LINEAR: number;
  readonly INTER_AREA: number;
  readonly BORDER_CONSTANT: number;
  readonly COLOR_BGR2GRAY: number;
  readonly COLOR_GRAY2BGR: number;
  readonly COLOR_BGR2HSV: number;
  readonly COLOR_YCrCb2BGR: number;
  readonly THRESH_BINARY: number;
  readonly THRESH_BINARY_INV: number;
  readonly THRESH_OTSU: number;
  readonly ADAPTIVE_THRESH_MEAN_C: number;
  readonly RETR_EXTERNAL: number;
  readonly CHAIN_APPROX_SIMPLE: number;
  readonly MORPH_OPEN: number;
  readonly MORPH_CLOSE: number;
  readonly MORPH_RECT: number;
  readonly ROTATE_90_CLOCKWISE: number;
  readonly ROTATE_180: number;
  readonly ROTATE_90_COUNTERCLOCKWISE: number;
  readonly FONT_HERSHEY_SIMPLEX: number;
  readonly LINE_AA: number;

  Canny(image: Mat, edges: Mat, low: number, high: number, aperture?: number, l2?: boolean): void;
  GaussianBlur(image: Mat, target: Mat, kernel: Size, sigmaX: number, sigmaY?: number): void;
  medianBlur(image: Mat, target: Mat, kernel: number): void;
  equalizeHist(image: Mat, target: Mat): void;
  threshold(image: Mat, target: Mat, level: number, maxValue: number, type: number): number;
  adaptiveThreshold(
    image: Mat,
    target: Mat,
    maxValue: number,
    method: number,
    type: number,
    block: number,
    offset: number,
  ): void;
  absdiff(a: Mat, b: Mat, target: Mat): void;
  countNonZero(image: Mat): number;
  mean(image: Mat): Scalar;
  flip(image: Mat, target: Mat, code: number): void;
  rotate(image: Mat, target: Mat, code: number): void;
  getRotationMatrix2D(center: Point, angle: number, scale: number): Mat;
  warpAffine(
    image: Mat,
    target: Mat,
    matrix: Mat,
    size: Size,
    flags?: number,
    border?: number,
    borderValue?: Scalar,
  ): void;
  cvtColor(image: Mat, target: Mat, code: number): void;
  merge(planes: Vector<Mat>, target: Mat): void;
  inRange(image: Mat, low: Mat, high: Mat, mask: Mat): void;
  bitwise_or(a: Mat, b: Mat, target: Mat): void;
  resize(image: Mat, target: Mat, size: Size, fx?: number, fy?: number, method?: number): void;
  HoughLinesP(
    edges: Mat,
    lines: Mat,
    rho: number,
    theta: number,
    votes: number,
    minLength: number,
    maxGap: number,
  ): void;
  findContours(image: Mat, found: Vector<Mat>, tree: Mat, mode: number, method: number): void;
  drawContours(
    image: Mat,
    contours: Vector<Mat>,
    index: number,
    color: Scalar,
    thickness?: number,
  ): void;
  boundingRect(contour: Mat): Rect;
  goodFeaturesToTrack(
    image: Mat,
    corners: Mat,
    maxCorners: number,
    quality: number,
    minDistance: number,
  ): void;
  calcOpticalFlowPyrLK(
    before: Mat,
    after: Mat,
    points: Mat,
    moved: Mat,
    status: Mat,
    error: Mat,
    window?: Size,
    levels?: number,
  ): void;
  getStructuringElement(shape: number, size: Size): Mat;
  morphologyEx(image: Mat, target: Mat, operation: number, kernel: Mat): void;
  rectangle(
    image: Mat,
    from: Point,
    to: Point,
    color: Scalar,
    thickness?: number,
    line?: number,
  ): void;
  line(image: Mat, from: Point, to: Point, color: Scalar, thickness?: number, line?: number): void;
  circle(
    image: Mat,
    at: Point,
    radius: number,
    color: Scalar,
    thickness?: number,
    line?: number,
  ): void;
  putText(
    image: Mat,
    text: string,
    at: Point,
    font: number,
    scale: number,
    color: Scalar,
    thickness?: number,
    line?: number,
  ): void;

  /** Writes a file to the module's file system, for `load`. */
  FS_createDataFile(
    parent: string,
    name: string,
    data: Uint8Array,
    read: boolean,
    write: boolean,
    own: boolean,
  ): void;
  /** Removes a file from the module's file system. */
  FS_unlink(path: string): void;
  /** The module's whole memory. */
  readonly HEAPU8: Uint8Array;
}

const { cv: loaded, cvTranslateError } = opencv as unknown as {
  cv: Cv;
  cvTranslateError: (cv: Cv, thrown: unknown) => unknown;
};

/** OpenCV itself. */
export const cv: Cv = loaded;

// Every class of the module inherits `delete` from one prototype, which also gets `using`.
const owned = Object.getPrototypeOf(cv.Mat.prototype) as Owned;
owned[Symbol.dispose] = function (this: Owned) {
  if (!this.isDeleted()) this.delete();
};

/** The message of anything that OpenCV throws: it throws numbers, the addresses of its exceptions. */
export function cvMessage(thrown: unknown): string {
  if (typeof thrown !== "number") return thrown instanceof Error ? thrown.message : String(thrown);
  const text = String(cvTranslateError(cv, thrown)).replace(/^Exception: /, "");
  // "OpenCV(4.3.0) /code/.../resize.cpp:3929: error: (-215:Assertion failed) ... in function 'resize'"
  return text.replace(/^OpenCV\([^)]*\) \S+ error: /, "OpenCV: ").trim();
}
