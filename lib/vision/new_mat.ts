/** A Mat made by a function, which is not left behind when that function throws. */

import type { Cv, Mat } from "./cv.ts";

/** The Mat that `fill` filled, the caller's to delete. */
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
