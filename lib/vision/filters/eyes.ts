/** `eyes`: the eyes in the upper part of each face that `faces` detects. */

import { Cascade } from "../cascade.ts";
import type { Mat } from "../cv.ts";
import type { Box } from "../../frame/detection.ts";
import { defineDetector } from "../filter.ts";
import { faceParameters, openFaceFinder, searchParameters } from "./faces.ts";

/** The part of a face, from its top, that contains the eyes. */
const EYES_SHARE = 0.6;
/** The minimum and maximum width of an eye, as shares of the face's width. */
const MIN_WIDTH = 0.15;
const MAX_WIDTH = 0.4;
/** A wider face is searched in a copy of this width, in which an eye is 15 to 40 pixels wide. */
const MAX_FACE_PIXELS = 120;

export const eyes = defineDetector({
  name: "eyes",
  summary: "the eyes in the faces that `faces` detects",
  parameters: { ...faceParameters, ...searchParameters },
  reports: "boxes of the eyes, and faces, the boxes of the faces",
  detections: "boxes",
  label: "eye",
  create: ({ options, ...context }) => {
    const { cv, model } = context;
    using stack = new DisposableStack();
    const eye = stack.use(new Cascade(cv, model("eye"), "eye"));
    const finder = stack.use(openFaceFinder(context, { ...options, plain: false }));
    const { scale, neighbours } = options;
    const eyesOf = (mat: Mat, [left, top, width, height]: Box) => {
      const shrink = Math.max(1, width / MAX_FACE_PIXELS);
      const [min, max] = [width / shrink * MIN_WIDTH, width / shrink * MAX_WIDTH];
      const upper: Box = [left, top, width, Math.round(height * EYES_SHARE)];
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
