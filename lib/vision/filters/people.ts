/** `people`: standing people, by histograms of gradients and OpenCV's own weights for them. */

import type { Box } from "../../frame/detection.ts";
import { defineDetector, number, whole } from "../filter.ts";

/** The window that the weights were trained with, in pixels. A smaller picture holds nobody. */
const WINDOW = { width: 64, height: 128 };
/** How many windows must agree on a find. */
const AGREE = 2;

export const people = defineDetector({
  name: "people",
  summary: "standing people, seen whole and at least 128 pixels high",
  parameters: {
    stride: whole(8, { from: 4, to: 64, help: "pixels from one window to the next" }),
    scale: number(1.05, { from: 1.01, to: 4, help: "the ratio of a size to the next one" }),
    threshold: number(0, { from: -10, to: 10, help: "how sure a find is to be; more is surer" }),
  },
  reports: "boxes of the people",
  finds: "boxes",
  create: ({ cv, width, height, options: { stride, scale, threshold } }) => {
    if (width < WINDOW.width || height < WINDOW.height) return { detect: () => ({ boxes: [] }) };
    const hog = new cv.HOGDescriptor();
    using trained = cv.HOGDescriptor.getDefaultPeopleDetector();
    using weights = new cv.Mat(trained.size(), 1, cv.CV_32FC1);
    weights.data32F.set(Array.from({ length: trained.size() }, (_, index) => trained.get(index)));
    hog.setSVMDetector(weights);
    const step = new cv.Size(stride, stride);
    const padding = new cv.Size(0, 0);
    return {
      detect: (mat) => {
        using found = new cv.RectVector();
        using sureness = new cv.DoubleVector();
        hog.detectMultiScale(mat, found, sureness, threshold, step, padding, scale, AGREE, false);
        const boxes = Array.from({ length: found.size() }, (_, index): Box => {
          const { x, y, width, height } = found.get(index);
          return [x, y, width, height];
        });
        return { boxes };
      },
      close: () => hog.delete(),
    };
  },
});
