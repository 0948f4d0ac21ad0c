/** `faces`: frontal faces, by a Haar cascade. */

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

/** A core is left for the rest of the program; more Workers gain little. */
const MOST_WORKERS = 4;
const WORKERS = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));

/** The parameters of a search for faces. */
export const faceParameters = {
  cascade: text("alt2", { help: "alt2 (fewer false ones), default (finds more) or a file's path" }),
  scale: number(1.1, { from: 1.01, to: 4, help: "the ratio of a size to the next one looked for" }),
  neighbours: whole(3, { from: 0, to: 1000, help: "more hits than this make a face" }),
  min: whole(30, { from: 1, to: 16384, help: "the least width of a face in pixels" }),
};

/** How the search is run; behind the others, so that those keep their places. */
export const searchParameters = {
  ...detectorParameters,
  workers: whole(WORKERS, {
    from: 1,
    to: 64,
    help: "threads that share the search of a picture; the default is cores - 1, 1 to 4",
  }),
  sync: whole(0, {
    from: 0,
    to: 1,
    help: "1 searches each picture as a whole and waits for it: exact, but later",
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

/** A search for faces in a film; whoever opens it disposes of it. */
export interface FaceFinder extends Disposable {
  readonly ready?: Promise<void>;
  /** The faces of the next picture; it takes less than `interval` milliseconds where it is given. */
  find(mat: Mat, interval?: number): readonly Box[] | Promise<readonly Box[]>;
}

/**
 * Opens the search by Workers, or with `plain` OpenCV's own of each picture, which is also what cascades
 * get that are not Haar's.
 */
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
  scan.warm();
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
      help: "1 uses OpenCV's own search, on one thread: the same boxes as sync=1, slower",
    }),
    ...searchParameters,
  },
  reports: "boxes of the faces",
  finds: "boxes",
  create: ({ options, ...context }) => {
    const finder = openFaceFinder(context, { ...options, plain: options.plain === 1 });
    return {
      ...finder.ready && { ready: finder.ready },
      detect: async (mat, interval) => ({ boxes: await finder.find(mat, interval) }),
      close: () => finder[Symbol.dispose](),
    };
  },
});
