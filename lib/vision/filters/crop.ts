/** `crop`: cuts out a part of the picture. The part is limited to the picture; at least one pixel remains. */

import { chromaSize } from "../../frame/frame_format.ts";
import { defineFilter, whole } from "../filter.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The intersection of the requested part and the picture. */
function part(size: Size, wanted: Size & { readonly x: number; readonly y: number }) {
  const x = Math.min(wanted.x, size.width - 1);
  const y = Math.min(wanted.y, size.height - 1);
  const width = Math.min(wanted.width || size.width, size.width - x);
  const height = Math.min(wanted.height || size.height, size.height - y);
  return { x, y, width, height };
}

export const crop = defineFilter({
  name: "crop",
  summary: "cuts out a part of the picture; later filters and outputs get its size",
  parameters: {
    x: whole(0, { from: 0, to: 16384, help: "pixels from the left" }),
    y: whole(0, { from: 0, to: 16384, help: "pixels from the top" }),
    width: whole(0, { from: 0, to: 16384, help: "pixels; 0: up to the right edge" }),
    height: whole(0, { from: 0, to: 16384, help: "pixels; 0: up to the bottom edge" }),
  },
  reports: "",
  create: ({ width, height, options }) => {
    const wanted = part({ width, height }, options);
    return {
      process(mat) {
        using view = mat.roi(wanted);
        return view.clone();
      },
    };
  },
  movesPixels: true,
  chromaOptions: (size, options) => {
    const { x, y, width, height } = part(size, options);
    return { x: x >> 1, y: y >> 1, ...chromaSize({ width, height }) };
  },
  toSource: (size, options) => {
    const { x, y } = part(size, options);
    return [1, 0, x, 0, 1, y];
  },
});
