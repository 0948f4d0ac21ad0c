/** `faces`: frontal faces, by a Haar cascade. */

import { Cascade } from "../cascade.ts";
import type { Cv, Mat } from "../cv.ts";
import { FaceSearch } from "../face_search.ts";
import { type Box, defineDetector, type ModelLoader, number, text, whole } from "../filter.ts";

/** The parameters of a search for faces. */
export const faceParameters = {
  cascade: text("alt2", { help: "alt2 (fewer false ones), default (finds more) or a file's path" }),
  scale: number(1.1, { from: 1.01, to: 4, help: "the ratio of a size to the next one looked for" }),
  neighbours: whole(3, { from: 0, to: 1000, help: "more hits than this make a face" }),
  min: whole(30, { from: 1, to: 16384, help: "the least width of a face in pixels" }),
};

interface FaceOptions {
  readonly cascade: string;
  readonly scale: number;
  readonly neighbours: number;
  readonly min: number;
}

/** A search for faces in a film; whoever opens it disposes of it. */
export interface FaceFinder extends Disposable {
  find(mat: Mat): Box[];
}

/** Opens the fast search, or with `plain` one that searches each picture by itself. */
export function openFaceFinder(
  { cv, width, height, model }: { cv: Cv; width: number; height: number; model: ModelLoader },
  { cascade: name, plain, ...search }: FaceOptions & { plain: boolean },
): FaceFinder {
  const cascade = new Cascade(cv, model(name), name);
  const close = () => cascade[Symbol.dispose]();
  if (plain) return { find: (mat) => cascade.detect(mat, search), [Symbol.dispose]: close };
  const fast = new FaceSearch({ cv, cascade, width, height }, search);
  return {
    find: (mat) => fast.find(mat),
    [Symbol.dispose]: () => {
      fast[Symbol.dispose]();
      close();
    },
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
      help: "1 searches each picture alone and whole: exact, but slow",
    }),
  },
  reports: "boxes of the faces",
  create: ({ options, ...context }) => {
    const finder = openFaceFinder(context, { ...options, plain: options.plain === 1 });
    return {
      detect: (mat) => ({ boxes: finder.find(mat) }),
      close: () => finder[Symbol.dispose](),
    };
  },
});
