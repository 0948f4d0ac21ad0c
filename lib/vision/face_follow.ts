/**
 * Follows known faces from picture to picture. Near the expected position of each face, it tests the same
 * windows as a search of the whole picture. So it finds the same boxes as that search, and drops a face
 * that the search would not find there.
 */

import { overlap } from "./boxes.ts";
import type { Box } from "../frame/detection.ts";
import { groupBoxes } from "./haar/group_boxes.ts";
import type { HaarScale } from "./haar/haar_scales.ts";
import type { HaarScan } from "./haar/haar_scan.ts";

/** The maximum distance of a face from its expected position, as a share of its width. */
const REACH = 0.35;
/** How much `REACH` grows with each picture in which the face was not found. */
const REACH_GROWTH = 0.15;
/** The maximum ratio of a face's size to its previous size. */
const MAX_SIZE_RATIO = 1.35;
/** For how many pictures a lost face is still searched for near its last position. */
const MAX_LOST_PICTURES = 10;
/** Boxes with at least this overlap belong to the same face. */
const SAME_FACE_OVERLAP = 0.4;
/** For how many pictures positions are kept; a search takes fewer. */
const REMEMBERED_PICTURES = 32;

/** A face and its positions. */
interface TrackedFace {
  /** Its boxes by picture number. */
  readonly places: Map<number, Box>;
  /** The last box. */
  box: Box;
  /** The picture of the last box. */
  seen: number;
  /** In pixels per picture. */
  speed: readonly [x: number, y: number];
}

export class FaceFollower {
  readonly #scan: HaarScan;
  readonly #neighbours: number;
  #faces: TrackedFace[] = [];

  /** A group of more than `neighbours` hits is a face. */
  constructor(scan: HaarScan, neighbours: number) {
    this.#scan = scan;
    this.#neighbours = neighbours;
  }

  /** Finds the known faces in picture `number`, of `width*height` bytes. */
  follow(pixels: Uint8Array, number: number): Box[] {
    if (this.#faces.length === 0) return [];
    this.#scan.load(pixels);
    const hits = new Map<string, Box>();
    for (const known of this.#faces) {
      for (const hit of this.#hitsNear(expected(known, number))) hits.set(hit.join(), hit);
    }
    const boxes = groupBoxes([...hits.values()].sort(inOrder), this.#neighbours);
    this.#assign(boxes, number);
    return boxes;
  }

  /** Takes the boxes that a search of picture `number` found. Later pictures can already be followed. */
  learn(boxes: readonly Box[], number: number): void {
    // A followed face that the search did not find is not a face.
    this.#faces = this.#faces.filter(({ places }) => {
      const place = places.get(number);
      return !place || boxes.some((box) => overlap(box, place) >= SAME_FACE_OVERLAP);
    });
    const missing = boxes.filter((box) =>
      !this.#faces.some(({ places }) =>
        overlap(places.get(number) ?? EMPTY_BOX, box) >= SAME_FACE_OVERLAP
      )
    );
    this.#assign(missing, number);
  }

  /** Assigns boxes of picture `number` to known faces, or adds new faces. */
  #assign(boxes: readonly Box[], number: number): void {
    for (const box of boxes) {
      const known = this.#faces.find((known) =>
        !known.places.has(number) && overlap(expected(known, number).box, box) >= SAME_FACE_OVERLAP
      );
      if (!known) {
        const places = new Map([[number, box]]);
        this.#faces.push({ places, box, seen: number, speed: [0, 0] });
      } else if (known.seen < number) {
        known.speed = speed(known, box, number);
        Object.assign(known, { box, seen: number });
        known.places.set(number, box).delete(number - REMEMBERED_PICTURES);
      } else {
        known.places.set(number, box); // `box` is of a later picture
      }
    }
    this.#faces = this.#faces.filter(({ seen }) => number - seen <= MAX_LOST_PICTURES);
  }

  #hitsNear({ box: [x, y, width, height], reach }: Expected): Box[] {
    const [middle, center] = [x + width / 2, y + height / 2];
    return this.#scan.scales.flatMap((scale, index) => {
      const ratio = scale.window.width / width;
      if (ratio > MAX_SIZE_RATIO || ratio < 1 / MAX_SIZE_RATIO) return [];
      const columns = range(middle - scale.window.width / 2, reach * width, scale);
      const rows = range(center - scale.window.height / 2, reach * height, scale);
      return this.#scan.search({ scale: index, rows, columns });
    });
  }
}

const EMPTY_BOX: Box = [0, 0, 0, 0];

interface Expected {
  readonly box: Box;
  /** The maximum distance from there, as a share of the face's size. */
  readonly reach: number;
}

/** The expected position: a face keeps its speed unless it was lost. */
function expected({ box, seen, speed }: TrackedFace, number: number): Expected {
  const [x, y, width, height] = box;
  const reach = REACH + REACH_GROWTH * Math.max(0, Math.min(4, number - seen - 1));
  if (number - seen !== 1) return { box, reach };
  return { box: [x + speed[0], y + speed[1], width, height], reach };
}

/** The rows or columns of windows around a position; `place` and `reach` are in pixels of the picture. */
function range(place: number, reach: number, { factor, step }: HaarScale): [number, number] {
  const side = factor * step;
  return [Math.floor((place - reach) / side), Math.ceil((place + reach) / side) + 1];
}

function speed({ box, seen }: TrackedFace, now: Box, number: number): [x: number, y: number] {
  const pictures = number - seen;
  return [
    (now[0] + now[2] / 2 - box[0] - box[2] / 2) / pictures,
    (now[1] + now[3] / 2 - box[1] - box[3] / 2) / pictures,
  ];
}

/** By size, then row, then column: the order of a search of the whole picture. */
function inOrder(a: Box, b: Box): number {
  return a[2] - b[2] || a[1] - b[1] || a[0] - b[0];
}
