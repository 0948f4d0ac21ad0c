/** `people`: standing people, by histograms of oriented gradients (HOG) and OpenCV's default weights. */

import type { Box } from "../../frame/detection.ts";
import { defineDetector, number, whole } from "../filter.ts";

/** The window that the weights were trained with, in pixels. Nothing is detected in a smaller picture. */
const MIN_SIZE = { width: 64, height: 128 };
/** The number of windows that must agree on a detection. */
const MIN_WINDOWS = 2;

export const people = defineDetector({
  name: "people",
  summary: "standing people, from head to foot and at least 128 pixels high",
  parameters: {
    stride: whole(8, { from: 4, to: 64, help: "the distance between windows in pixels" }),
    scale: number(1.05, { from: 1.01, to: 4, help: "the ratio of one searched size to the next" }),
    threshold: number(0, { from: -10, to: 10, help: "the minimum confidence of a detection" }),
  },
  reports: "boxes of the people",
  detections: "boxes",
  label: "person",
  create: ({ cv, width, height, options: { stride, scale, threshold } }) => {
    if (width < MIN_SIZE.width || height < MIN_SIZE.height) {
      return { detect: () => ({ boxes: [] }) };
    }
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
        using confidence = new cv.DoubleVector();
        hog.detectMultiScale(
          mat,
          found,
          confidence,
          threshold,
          step,
          padding,
          scale,
          MIN_WINDOWS,
          false,
        );
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
