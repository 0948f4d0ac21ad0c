/** Creates a Mat without a leak if filling it fails. */

import type { Cv, Mat } from "./cv.ts";

/** A new Mat, filled by `fill` and deleted if that throws. The caller deletes the result. */
export function newMat(cv: Cv, fill: (mat: Mat) => void): Mat {
  const mat = new cv.Mat();
  try {
    fill(mat);
    return mat;
  } catch (thrown) {
    mat.delete();
    throw thrown;
  }
}
