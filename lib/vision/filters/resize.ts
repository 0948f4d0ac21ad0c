/** `resize`: scales the picture. */

import { defineFilter, whole } from "../filter.ts";
import { newMat } from "../new_mat.ts";

/** A side of 0 follows the other one, so that the shape is kept. */
function target(
  size: { width: number; height: number },
  wanted: { width: number; height: number },
) {
  const { width, height } = wanted;
  if (width === 0 && height === 0) return size;
  return {
    width: width || Math.max(1, Math.round(size.width * height / size.height)),
    height: height || Math.max(1, Math.round(size.height * width / size.width)),
  };
}

export const resize = defineFilter({
  name: "resize",
  summary: "scales the picture; all that follows has its size",
  parameters: {
    width: whole(0, { from: 0, to: 16384, help: "pixels; 0 follows the height" }),
    height: whole(0, { from: 0, to: 16384, help: "pixels; 0 follows the width" }),
  },
  reports: "",
  create: ({ cv, width, height, options }) => {
    const to = target({ width, height }, options);
    // The mean of an area is for shrinking only: with a side that grows, it would move things.
    const shrinks = to.width <= width && to.height <= height;
    const method = shrinks ? cv.INTER_AREA : cv.INTER_LINEAR;
    return {
      process(mat) {
        const size = new cv.Size(to.width, to.height);
        return newMat(cv, (scaled) => cv.resize(mat, scaled, size, 0, 0, method));
      },
    };
  },
  wayBack: (size, options) => {
    const to = target(size, options);
    return [size.width / to.width, 0, 0, 0, size.height / to.height, 0];
  },
});
