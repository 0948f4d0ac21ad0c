/**
 * Follows known faces from picture to picture. Around the place where each is expected it looks at the
 * very windows that a search of the whole picture would look at, so that a box is the same as of such a
 * search, and a face that such a search would not find there is not kept.
 */

import { overlap } from "./boxes.ts";
import type { Box } from "../frame/detection.ts";
import { groupBoxes } from "./haar/group_boxes.ts";
import type { HaarScale } from "./haar/haar_scales.ts";
import type { HaarScan } from "./haar/haar_scan.ts";

/** How far a face may have moved from where it is expected, as a share of its width. */
const AROUND = 0.35;
/** How much that grows with each picture in which it was not seen. */
const GROWING = 0.15;
/** How far its size may be from the one before, as a ratio. */
const NEAR = 1.35;
/** Pictures in which a face that was lost is still looked for where it was. */
const PATIENCE = 10;
/** Boxes that overlap by this are of the same face. */
const SAME = 0.4;
/** Pictures that are remembered, more than a search takes. */
const MEMORY = 32;

/** A face, and where it was. */
interface Known {
  /** By the number of the picture. */
  readonly places: Map<number, Box>;
  /** The last one. */
  box: Box;
  seen: number;
  /** Pixels a picture. */
  speed: readonly [x: number, y: number];
}

export class FaceFollower {
  readonly #scan: HaarScan;
  readonly #neighbours: number;
  #known: Known[] = [];

  /** Groups with more than `neighbours` hits are faces. */
  constructor(scan: HaarScan, neighbours: number) {
    this.#scan = scan;
    this.#neighbours = neighbours;
  }

  /** The known faces in picture `number`, of `width*height` bytes. */
  follow(pixels: Uint8Array, number: number): Box[] {
    if (this.#known.length === 0) return [];
    this.#scan.look(pixels);
    const hits = new Map<string, Box>();
    for (const known of this.#known) {
      for (const hit of this.#hitsNear(expected(known, number))) hits.set(hit.join(), hit);
    }
    const boxes = groupBoxes([...hits.values()].sort(inOrder), this.#neighbours);
    this.#assign(boxes, number);
    return boxes;
  }

  /** Takes what a search of the whole picture `number` found; later ones may have been followed. */
  learn(boxes: readonly Box[], number: number): void {
    // A face that was seen there and that the search has not found is none.
    this.#known = this.#known.filter(({ places }) => {
      const place = places.get(number);
      return !place || boxes.some((box) => overlap(box, place) >= SAME);
    });
    const missing = boxes.filter((box) =>
      !this.#known.some(({ places }) => overlap(places.get(number) ?? NOWHERE, box) >= SAME)
    );
    this.#assign(missing, number);
  }

  /** Boxes of picture `number` become those of known faces, or of new ones. */
  #assign(boxes: readonly Box[], number: number): void {
    for (const box of boxes) {
      const known = this.#known.find((known) =>
        !known.places.has(number) && overlap(expected(known, number).box, box) >= SAME
      );
      if (!known) {
        const places = new Map([[number, box]]);
        this.#known.push({ places, box, seen: number, speed: [0, 0] });
      } else if (known.seen < number) {
        known.speed = speed(known, box, number);
        Object.assign(known, { box, seen: number });
        known.places.set(number, box).delete(number - MEMORY);
      } else {
        known.places.set(number, box); // seen since then
      }
    }
    this.#known = this.#known.filter(({ seen }) => number - seen <= PATIENCE);
  }

  #hitsNear({ box: [x, y, width, height], reach }: Expected): Box[] {
    const [middle, center] = [x + width / 2, y + height / 2];
    return this.#scan.scales.flatMap((scale, index) => {
      const ratio = scale.window.width / width;
      if (ratio > NEAR || ratio < 1 / NEAR) return [];
      const columns = range(middle - scale.window.width / 2, reach * width, scale);
      const rows = range(center - scale.window.height / 2, reach * height, scale);
      return this.#scan.search({ scale: index, rows, columns });
    });
  }
}

const NOWHERE: Box = [0, 0, 0, 0];

interface Expected {
  readonly box: Box;
  /** How far it may be from there, as a share of its size. */
  readonly reach: number;
}

/** Where a face is expected: it goes on as it went, for as long as it was not lost. */
function expected({ box, seen, speed }: Known, number: number): Expected {
  const [x, y, width, height] = box;
  const reach = AROUND + GROWING * Math.max(0, Math.min(4, number - seen - 1));
  if (number - seen !== 1) return { box, reach };
  return { box: [x + speed[0], y + speed[1], width, height], reach };
}

/** The rows or columns of windows around a place, in pixels of the picture. */
function range(place: number, reach: number, { factor, step }: HaarScale): [number, number] {
  const side = factor * step;
  return [Math.floor((place - reach) / side), Math.ceil((place + reach) / side) + 1];
}

function speed({ box, seen }: Known, now: Box, number: number): [x: number, y: number] {
  const pictures = number - seen;
  return [
    (now[0] + now[2] / 2 - box[0] - box[2] / 2) / pictures,
    (now[1] + now[3] / 2 - box[1] - box[3] / 2) / pictures,
  ];
}

/** By size, then row, then column, as a search of the whole finds them. */
function inOrder(a: Box, b: Box): number {
  return a[2] - b[2] || a[1] - b[1] || a[0] - b[0];
}
