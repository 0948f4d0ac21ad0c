/** `resize`: scales the picture. */

import { chromaSize } from "../../frame/frame_format.ts";
import { defineFilter, whole } from "../filter.ts";
import { newMat } from "../new_mat.ts";

/** The output's size. A side of 0 follows the other one and keeps the aspect ratio. */
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
  summary: "scales the picture; later filters and outputs get its size",
  parameters: {
    width: whole(0, { from: 0, to: 16384, help: "pixels; 0: in proportion to the height" }),
    height: whole(0, { from: 0, to: 16384, help: "pixels; 0: in proportion to the width" }),
  },
  reports: "",
  create: ({ cv, width, height, options }) => {
    const to = target({ width, height }, options);
    // INTER_AREA is for shrinking only: if a side grows, it shifts the picture.
    const shrinks = to.width <= width && to.height <= height;
    const method = shrinks ? cv.INTER_AREA : cv.INTER_LINEAR;
    return {
      process(mat) {
        const size = new cv.Size(to.width, to.height);
        return newMat(cv, (scaled) => cv.resize(mat, scaled, size, 0, 0, method));
      },
    };
  },
  chromaOptions: (size, options) => chromaSize(target(size, options)),
  toSource: (size, options) => {
    const to = target(size, options);
    return [size.width / to.width, 0, 0, 0, size.height / to.height, 0];
  },
});
