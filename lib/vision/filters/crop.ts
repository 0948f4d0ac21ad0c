/** `crop`: a part of the picture. What reaches beyond the picture is left off; one pixel stays at least. */

import { defineFilter, whole } from "../filter.ts";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** The wanted part, as far as it lies in the picture. */
function part(size: Size, wanted: Size & { readonly x: number; readonly y: number }) {
  const x = Math.min(wanted.x, size.width - 1);
  const y = Math.min(wanted.y, size.height - 1);
  const width = Math.min(wanted.width || size.width, size.width - x);
  const height = Math.min(wanted.height || size.height, size.height - y);
  return { x, y, width, height };
}

export const crop = defineFilter({
  name: "crop",
  summary: "a part of the picture; all that follows has its size",
  parameters: {
    x: whole(0, { from: 0, to: 16384, help: "pixels from the left" }),
    y: whole(0, { from: 0, to: 16384, help: "pixels from the top" }),
    width: whole(0, { from: 0, to: 16384, help: "pixels; 0 is the rest" }),
    height: whole(0, { from: 0, to: 16384, help: "pixels; 0 is the rest" }),
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
  wayBack: (size, options) => {
    const { x, y } = part(size, options);
    return [1, 0, x, 0, 1, y];
  },
});
