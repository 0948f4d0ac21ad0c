/** `faces`: frontal faces, with a Haar cascade. */

import { Cascade } from "../cascade.ts";
import type { Cv, Mat } from "../cv.ts";
import { FaceSearch, realClock } from "../face_search.ts";
import type { Box } from "../../frame/detection.ts";
import {
  defineDetector,
  detectorParameters,
  type ModelLoader,
  number,
  text,
  whole,
} from "../filter.ts";
import { readHaarCascade } from "../haar/haar_cascade.ts";
import { HaarScan } from "../haar/haar_scan.ts";
import { haarScales } from "../haar/haar_scales.ts";
import { prepareHaar } from "../haar/prepare_haar.ts";
import { SearchTeam } from "../search_team.ts";

/** One core is left for the rest of the program. More Workers gain little. */
const MAX_WORKERS = 4;
const DEFAULT_WORKERS = Math.min(MAX_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));

/** The parameters of a search for faces. */
export const faceParameters = {
  cascade: text("alt2", {
    help: "alt2 (fewer false detections), default (more detections) or the path of a file",
  }),
  scale: number(1.1, { from: 1.01, to: 4, help: "the ratio of one searched size to the next" }),
  neighbours: whole(3, { from: 0, to: 1000, help: "a face has more hits than this" }),
  min: whole(30, { from: 1, to: 16384, help: "the minimum width of a face in pixels" }),
};

/** How the search runs. Last in the table: options without a name keep their positions. */
export const searchParameters = {
  ...detectorParameters,
  workers: whole(DEFAULT_WORKERS, {
    from: 1,
    to: 64,
    help: "threads for the search of a picture; default: cores - 1, from 1 to 4",
  }),
  sync: whole(0, {
    from: 0,
    to: 1,
    help: "1: wait for the search of each picture (exact, but more latency)",
  }),
};

interface FaceOptions {
  readonly cascade: string;
  readonly scale: number;
  readonly neighbours: number;
  readonly min: number;
  readonly workers: number;
  readonly sync: number;
}

/** A search for faces in a film. The caller that opens it disposes of it. */
interface FaceFinder extends Disposable {
  readonly ready?: Promise<void>;
  /** Finds the faces of the next picture, in less than `interval` milliseconds if that is given. */
  find(mat: Mat, interval?: number): readonly Box[] | Promise<readonly Box[]>;
}

/** Opens a search with Workers; OpenCV's own search with `plain`, or for a cascade that is not a Haar cascade. */
export function openFaceFinder(
  { cv, width, height, model }: { cv: Cv; width: number; height: number; model: ModelLoader },
  { cascade: name, plain, workers, sync, ...search }: FaceOptions & { plain: boolean },
): FaceFinder {
  const bytes = model(name);
  const read = plain ? undefined : readHaarCascade(bytes);
  if (!read) {
    const cascade = new Cascade(cv, bytes, name);
    const close = () => cascade[Symbol.dispose]();
    return { find: (mat) => cascade.detect(mat, search), [Symbol.dispose]: close };
  }
  const picture = { width, height };
  const haar = prepareHaar(read, picture, haarScales(read.window, picture, search));
  const scan = new HaarScan(haar);
  const team = new SearchTeam({ haar, workers });
  const { neighbours } = search;
  const faces = new FaceSearch({ scan, team, picture, neighbours, clock: realClock });
  scan.warmUp();
  return {
    ready: team.ready,
    find: ({ data }, interval) => sync === 1 ? faces.findOwn(data) : faces.find(data, interval),
    [Symbol.dispose]: () => team[Symbol.dispose](),
  };
}

export const faces = defineDetector({
  name: "faces",
  summary: "frontal faces",
  parameters: {
    ...faceParameters,
    plain: whole(0, {
      from: 0,
      to: 1,
      help: "1: use OpenCV's own search, on one thread (the boxes of sync=1, but slower)",
    }),
    ...searchParameters,
  },
  reports: "boxes of the faces",
  detections: "boxes",
  label: "face",
  create: ({ options, ...context }) => {
    const finder = openFaceFinder(context, { ...options, plain: options.plain === 1 });
    return {
      ...finder.ready && { ready: finder.ready },
      detect: async (mat, interval) => ({ boxes: await finder.find(mat, interval) }),
      close: () => finder[Symbol.dispose](),
    };
  },
});
