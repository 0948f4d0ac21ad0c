/**
 * An OpenCV cascade classifier: the bytes of its XML file and a picture in, boxes out. The caller that
 * creates a `Cascade` disposes of it.
 */

import { common } from "./boxes.ts";
import type { CascadeClassifier, Cv, Mat, Size } from "./cv.ts";
import type { Box } from "../frame/detection.ts";

/** The parameters of a search, as in OpenCV. */
export interface CascadeSearch {
  /** The ratio of one window size to the next smaller one, above 1. */
  readonly scale: number;
  /** A group of hits counts if it has more than this many; 0 returns every hit. */
  readonly neighbours: number;
  /** The minimum width and height of a detection, in pixels. */
  readonly min: number;
  /** The maximum width and height of a detection, in pixels; by default the picture's size. */
  readonly max?: number;
}

let files = 0;

/** A loaded cascade. */
export class Cascade implements Disposable {
  /** The window that it was trained with, in pixels; detections have its shape. */
  readonly window: Size;
  readonly #cv: Cv;
  readonly #classifier: CascadeClassifier;

  /** Loads the bytes of a cascade file. Throws an `Error` with `name` if they are not a cascade. */
  constructor(cv: Cv, bytes: Uint8Array, name: string) {
    const window = trainedWindow(bytes);
    if (window === undefined) throw new Error(noCascade(name));
    const file = `cascade${files++}.xml`;
    const classifier = new cv.CascadeClassifier();
    cv.FS_createDataFile("/", file, bytes, true, false, false);
    let loaded = false;
    try {
      loaded = classifier.load(file);
    } catch {
      // OpenCV throws if the XML itself is broken: that is not a cascade either
    } finally {
      cv.FS_unlink(`/${file}`);
    }
    if (!loaded) {
      classifier.delete();
      throw new Error(noCascade(name));
    }
    this.#cv = cv;
    this.#classifier = classifier;
    this.window = window;
  }

  /** Searches a gray Mat with one `detectMultiScale`; boxes are in its pixels. */
  detect(mat: Mat, { scale, neighbours, min, max }: CascadeSearch): Box[] {
    using found = new this.#cv.RectVector();
    const minSize = new this.#cv.Size(min, min);
    const maxSize = new this.#cv.Size(max ?? 0, max ?? 0); // 0: no limit
    this.#classifier.detectMultiScale(mat, found, scale, neighbours, 0, minSize, maxSize);
    return Array.from({ length: found.size() }, (_, index) => {
      const { x, y, width, height } = found.get(index);
      return [x, y, width, height];
    });
  }

  /**
   * Searches a part of a gray Mat, in a copy that is `shrink` times smaller. `search` is in pixels of the
   * copy, the boxes are in pixels of `mat`.
   */
  detectIn(mat: Mat, [left, top, width, height]: Box, search: CascadeSearch, shrink = 1): Box[] {
    const cv = this.#cv;
    using part = mat.roi(new cv.Rect(left, top, width, height));
    using copy = new cv.Mat();
    const size = new cv.Size(Math.round(width / shrink), Math.round(height / shrink));
    if (shrink !== 1) cv.resize(part, copy, size, 0, 0, cv.INTER_LINEAR);
    return this.detect(shrink === 1 ? part : copy, search).map(([x, y, w, h]) => {
      const whole = (side: number) => Math.round(side * shrink);
      const box: Box = [left + whole(x), top + whole(y), whole(w), whole(h)];
      return common(box, [left, top, width, height]); // rounding can move a side out of the part
    });
  }

  [Symbol.dispose](): void {
    this.#classifier[Symbol.dispose]();
  }
}

function noCascade(name: string): string {
  return `Cannot use the cascade "${name}": it is not an OpenCV cascade; expected an XML file such as ` +
    `haarcascade_frontalface_default.xml`;
}

/** The window's size, from the head of the XML, which has an old and a new format. */
function trainedWindow(bytes: Uint8Array): Size | undefined {
  const xml = new TextDecoder().decode(bytes.subarray(0, 32 * 1024)).replaceAll(/<!--.*?-->/gs, "");
  const old = /<size>\s*(\d+)\s+(\d+)\s*<\/size>/.exec(xml);
  const width = Number(old?.[1] ?? /<width>\s*(\d+)/.exec(xml)?.[1]);
  const height = Number(old?.[2] ?? /<height>\s*(\d+)/.exec(xml)?.[1]);
  return width > 0 && height > 0 ? { width, height } : undefined;
}
