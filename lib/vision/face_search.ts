/**
 * The fast search: finds in a film what a plain `detectMultiScale` of each whole picture would find,
 * in a fraction of its time. Mats go in, in the film's order; the boxes of the faces come out.
 *
 * A face is looked for where it was in the frame before, and where the scan suspects one. In both
 * places the plain search decides, with its own parameters but in that part of the picture only and
 * with windows of about that size. So each box that comes out is one that the plain search gives, or
 * nearly, and a place that it does not confirm is no face, however often it is suspected.
 */

import { common, grown, overlap } from "./boxes.ts";
import type { Cascade, CascadeSearch } from "./cascade.ts";
import type { Cv, Mat, Size } from "./cv.ts";
import { FaceScan } from "./face_scan.ts";
import type { Box } from "./filter.ts";

/** The pixels around a suspect in which it is looked for, as a share of its size. */
const AROUND = 0.35;
/** How far the size of a face may be from where it was, or from the suspect's, as a ratio. */
const NEAR = 1.35;
/** Frames in which a face that was lost is still looked for where it was. */
const PATIENCE = 8;
/** Boxes that overlap by this are of the same face. */
const SAME = 0.4;
/** A smaller box of which so much lies in a larger one is a part of that face. */
const INSIDE = 0.8;

/** A face that was found, and where it is expected. */
interface Known {
  readonly box: Box;
  /** Pixels a frame. */
  readonly speed: readonly [x: number, y: number];
  /** Frames since it was found. */
  readonly missed: number;
}

export class FaceSearch implements Disposable {
  readonly #cascade: Cascade;
  readonly #search: CascadeSearch;
  readonly #scan: FaceScan;
  #known: Known[] | undefined;

  /** The cascade stays the caller's. */
  constructor(
    picture: { cv: Cv; cascade: Cascade } & Size,
    search: CascadeSearch,
  ) {
    this.#cascade = picture.cascade;
    this.#search = search;
    this.#scan = new FaceScan(picture, search);
  }

  /** The faces in the film's next picture. */
  find(mat: Mat): Box[] {
    if (!this.#known) return this.#findFirst(mat);
    const faces: Known[] = [];
    const isNew = (box: Box) => !faces.some((face) => covers(face.box, box));
    const lost: Known[] = [];
    // The largest first: of two finds one in the other, the larger one is the face.
    for (const known of this.#known.toSorted((a, b) => b.box[2] - a.box[2])) {
      const place = moved(known);
      if (!isNew(place)) continue;
      const boxes = this.#confirm(mat, place).filter(isNew);
      for (const box of boxes) faces.push({ box, speed: speed(known, box), missed: 0 });
      if (boxes.length === 0 && known.missed < PATIENCE) {
        lost.push({ ...known, missed: known.missed + 1 });
      }
    }
    const refused: Box[] = [];
    for (const suspect of this.#scan.suspects(mat)) {
      if (!isNew(suspect) || refused.some((box) => overlap(box, suspect) >= SAME)) continue;
      const boxes = this.#confirm(mat, suspect).filter(isNew);
      for (const box of boxes) faces.push({ box, speed: [0, 0], missed: 0 });
      if (boxes.length === 0) refused.push(suspect);
    }
    this.#known = [...faces, ...lost.filter(({ box }) => isNew(box))];
    return faces.map(({ box }) => box)
      .filter((box, _, all) => !all.some((other) => other[2] > box[2] && covers(other, box)));
  }

  /** The first picture is searched plainly: whoever looks at one alone gets what is in it. */
  #findFirst(mat: Mat): Box[] {
    const boxes = this.#cascade.detect(mat, this.#search);
    this.#known = boxes.map((box) => ({ box, speed: [0, 0], missed: 0 }));
    return boxes;
  }

  /**
   * The faces about there. A copy that is shrunk until the least window has the cascade's own size is
   * searched first: OpenCV steps by two pixels there, where a face costs a quarter and what makes
   * enough hits makes more of them in a plain search. Only where that finds none the plain one decides.
   */
  #confirm(mat: Mat, place: Box): Box[] {
    const [x, y] = [place[2] * AROUND, place[3] * AROUND];
    const part = grown(place, { x, y, within: { width: mat.cols, height: mat.rows } });
    const { width, height } = this.#cascade.window;
    const least = Math.max(this.#search.min, Math.min(place[2], place[3]) / NEAR);
    const most = Math.max(place[2], place[3]) * NEAR;
    if (Math.min(part[2], part[3]) < least) return [];
    const shrink = Math.max(1, least / Math.min(width, height));
    const { scale, neighbours } = this.#search;
    const small = { scale, neighbours, min: 0, max: Math.floor(most / shrink) };
    const found = this.#cascade.detectIn(mat, part, small, shrink);
    if (found.length > 0 || shrink === 1) return found;
    return this.#cascade.detectIn(mat, part, { scale, neighbours, min: least, max: most });
  }

  [Symbol.dispose](): void {
    this.#scan[Symbol.dispose]();
  }
}

/** Whether a box is the same face as a find, or lies within it, as OpenCV's own grouping has it. */
function covers(face: Box, box: Box): boolean {
  if (overlap(face, box) >= SAME) return true;
  const [, , width, height] = common(face, box);
  return box[2] < face[2] && width * height >= INSIDE * box[2] * box[3];
}

/** Where a face is expected: it goes on as it went, as long as it was not lost. */
function moved({ box: [x, y, width, height], speed, missed }: Known): Box {
  return missed > 0 ? [x, y, width, height] : [x + speed[0], y + speed[1], width, height];
}

function speed({ box, missed }: Known, now: Box): [x: number, y: number] {
  const frames = missed + 1;
  return [
    (now[0] + now[2] / 2 - box[0] - box[2] / 2) / frames,
    (now[1] + now[3] / 2 - box[1] - box[3] / 2) / frames,
  ];
}
