/** Finds a built-in filter or detector: an item of the graph in, a stage of the chain out. */

import type { Report } from "../frame/detection.ts";
import { IDENTITY } from "./affine.ts";
import { BackgroundDetector } from "./background_detector.ts";
import { labelled } from "./boxes.ts";
import { cv } from "./cv.ts";
import { CvCrew } from "./cv_crew.ts";
import type { Options } from "./graph.ts";
import { detectors, filters } from "./registry.ts";
import type { StagePlan } from "./stage.ts";

/** `lossless`: whether a detector searches every frame. Throws an `Error` if there is no such filter. */
export function planBuiltIn(
  { name, options }: { name: string; options: Options },
  { lossless }: { lossless: boolean },
): StagePlan {
  const filter = filters.find((definition) => definition.name === name);
  if (filter) {
    const { removesColor = false, chromaOptions, follows = false } = filter;
    return {
      ...{ name, own: false, detector: false, pixels: "gray", removesColor },
      ...{ finds: filter.detections === "boxes" && !follows, follows },
      start: (input, report) => {
        const own = (given: Report) => report(labelled(given, filter.label));
        return filter.create({ cv, ...input, options, report: own });
      },
      ...(chromaOptions && {
        startChroma: (input, of) =>
          filter.create({ cv, ...input, options: chromaOptions(of, options), report: () => {} }),
      }),
      toSource: (size) => filter.toSource?.(size, options) ?? IDENTITY,
    };
  }
  const detector = detectors.find((definition) => definition.name === name);
  if (!detector) throw new Error(`no filter ${name}`);
  const rate = lossless ? 0 : Number(options.rate);
  const draw = options.draw === 1;
  const sync = lossless || options.sync === 1;
  return {
    ...{ name, own: false, detector: true, pixels: "gray", removesColor: false },
    finds: detector.detections === "boxes",
    start: ({ width, height, color }) => {
      const format = { width, height, pixels: color ? "yuv420p" : "gray" } as const;
      const crew = "crew" in detector
        ? detector.crew({ format, options })
        : new CvCrew(name, options, format);
      return new BackgroundDetector(crew, { rate, draw, sync, label: detector.label });
    },
  };
}
