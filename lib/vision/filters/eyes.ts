/** `eyes`: the eyes in the upper part of the faces that `faces` finds. */

import { Cascade } from "../cascade.ts";
import type { Mat } from "../cv.ts";
import type { Box } from "../../frame/detection.ts";
import { defineDetector } from "../filter.ts";
import { faceParameters, openFaceFinder, searchParameters } from "./faces.ts";

/** The part of a face's height, from its top, in which the eyes are. */
const UPPER = 0.6;
/** The least and the greatest width of an eye, as shares of the face's. */
const LEAST = 0.15;
const MOST = 0.4;
/** Pixels; a wider face is searched in a copy of this width, where an eye still has 15 to 40. */
const WIDE = 120;

export const eyes = defineDetector({
  name: "eyes",
  summary: "the eyes in the faces that `faces` finds",
  parameters: { ...faceParameters, ...searchParameters },
  reports: "boxes of the eyes, and faces, the boxes of the faces",
  finds: "boxes",
  create: ({ options, ...context }) => {
    const { cv, model } = context;
    using stack = new DisposableStack();
    const eye = stack.use(new Cascade(cv, model("eye"), "eye"));
    const finder = stack.use(openFaceFinder(context, { ...options, plain: false }));
    const { scale, neighbours } = options;
    const eyesOf = (mat: Mat, [left, top, width, height]: Box) => {
      const shrink = Math.max(1, width / WIDE);
      const [min, max] = [width / shrink * LEAST, width / shrink * MOST];
      const upper: Box = [left, top, width, Math.round(height * UPPER)];
      return eye.detectIn(mat, upper, { scale, neighbours, min, max }, shrink);
    };
    const owned = stack.move();
    return {
      ...finder.ready && { ready: finder.ready },
      detect: async (mat, interval) => {
        const faces = await finder.find(mat, interval);
        return { boxes: faces.flatMap((face) => eyesOf(mat, face)), faces };
      },
      close: () => owned.dispose(),
    };
  },
});
