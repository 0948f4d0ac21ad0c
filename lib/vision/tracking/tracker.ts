/**
 * Gives detections the identity of objects: the boxes of a picture in, objects with lasting numbers out. Pure: times are
 * arguments, nothing is drawn or reported.
 *
 * An own implementation of known methods. SORT (A. Bewley et al., 2016): boxes are matched with the predicted boxes of the
 * known objects by intersection over union (IoU), an object counts after some detections, and is kept through gaps.
 * ByteTrack (Y. Zhang et al., 2022): boxes with a low score continue an object, but do not start one. C-BIoU (F. Yang et
 * al., 2022): what is left is matched again with grown boxes, for things that moved further than their size between two results
 * of a slow detector. Beyond them: a box that covers several known objects is taken for all of them (`#joined`), because
 * `motion` sees two objects that cross as one.
 */

import { common, overlap } from "../boxes.ts";
import type { Box } from "../../frame/detection.ts";
import type { FrameSize } from "../../frame/frame_size.ts";
import { assign, FORBIDDEN } from "./assignment.ts";
import { MotionModel, sizeOf } from "./motion_model.ts";

/** A detection; its label and its place in the detector's report go with the object. */
export interface Found {
  readonly box: Box;
  readonly label: string;
  /** 0 to 1. */
  readonly score: number;
  readonly index: number;
}

export interface TrackerOptions {
  /** The IoU from which on a box and a predicted box are the same object, 0 to 1. */
  readonly iou: number;
  /** How long an object is kept without a detection, in milliseconds. */
  readonly keepMs: number;
  /** How many detections in a row make an object. */
  readonly hits: number;
  /** Detections with a lower score do not start an object. */
  readonly score: number;
  /** Gives the number of a new object. */
  readonly nextId: () => number;
  /** The size of the frames, if it is known. */
  readonly frame?: FrameSize | undefined;
}

/** More detections in a picture, or objects, are ignored: those with the lowest scores, then the smallest. */
export const MAX_OBJECTS = 100;

/**
 * How much is added on each side of a box for the second round, in sides of the object. C-BIoU adds half a box for results
 * of every frame; a detector with two results a second needs more.
 */
const GROWTH = 1;
/** The share of an object that a box must cover to be that of several objects. */
const COVERED = 0.7;
/** How long several objects can share one box, in times of `keepMs`. */
const SHARED_KEEPS = 3;
/** A detector that gives no results for so long has stopped: its objects are gone, in milliseconds. */
const SILENT_MS = 5000;

/** An object that the tracker knows. */
export interface Tracked {
  /** From 1 on; 0 until it has been detected often enough. */
  id: number;
  readonly label: string;
  score: number;
  /** Its place in the last result. */
  index: number;
  /** When it was detected first and last, in milliseconds; the last time includes shared boxes. */
  readonly firstAt: number;
  seenAt: number;
  readonly motion: MotionModel;
  /** Detections in a row, until it is confirmed. */
  hits: number;
}

export class Tracker {
  readonly #options: TrackerOptions;
  #known: Tracked[] = [];
  #gone: Tracked[] = [];
  /** When the picture of the newest result was captured. */
  #at = -Infinity;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** The objects in the newest result, in the order of their numbers; none in gaps. */
  get visible(): Tracked[] {
    return this.#known.filter(({ id, seenAt }) => id > 0 && seenAt === this.#at)
      .sort((a, b) => a.id - b.id);
  }

  /** Takes the result for a picture of `at` milliseconds, which must not be older than the one before. */
  observe(found: readonly Found[], at: number): void {
    if (at < this.#at) this.end(); // another clock: nothing that was known has a place in it
    this.advance(at);
    this.#at = at;
    const { score: strongFrom } = this.#options;
    const free = new Set(strongest(found));
    const lost = new Set(this.#known);
    const matched = new Map<Found, Tracked>();
    const [strong, weak] = [
      (candidate: Found) => candidate.score >= strongFrom,
      (candidate: Found) => candidate.score < strongFrom,
    ];
    const [confirmed, tentative] = [
      (known: Tracked) => known.id > 0,
      (known: Tracked) => known.id === 0,
    ];
    for (
      const [which, whose, growth] of [
        [strong, confirmed, 0],
        [weak, confirmed, 0],
        [strong, confirmed, GROWTH],
        [strong, tentative, 0],
        [strong, tentative, GROWTH],
      ] as const
    ) {
      const candidates = [...free].filter(which);
      const objects = [...lost].filter(whose);
      for (const [candidate, known] of this.#match(candidates, objects, growth)) {
        free.delete(candidate);
        lost.delete(known);
        matched.set(candidate, known);
      }
    }
    const shared = this.#shared([...free, ...matched.keys()], { matched, lost, at });
    for (const [candidate, known] of matched) {
      if (shared.has(candidate)) this.#share(known, candidate);
      else this.#detected(known, candidate);
    }
    for (const [candidate, objects] of shared) {
      free.delete(candidate);
      for (const known of objects) this.#share(known, candidate);
    }
    this.#known = this.#known.filter((known) => known.id > 0 || !lost.has(known));
    for (const candidate of free) if (strong(candidate)) this.#start(candidate);
    this.#known.splice(MAX_OBJECTS);
    this.#forget(({ seenAt }) => at - seenAt > this.#options.keepMs);
  }

  /** Forgets what a detector without results has not seen for long. `at`: the time of the newest picture. */
  advance(at: number): void {
    const { keepMs } = this.#options;
    this.#forget(({ seenAt }) => at - seenAt > Math.max(SILENT_MS, 3 * keepMs));
  }

  /** The confirmed objects that are forgotten since the last call. */
  takeGone(): Tracked[] {
    const gone = this.#gone;
    this.#gone = [];
    return gone;
  }

  /** Forgets all objects. */
  end(): void {
    this.#forget(() => true);
  }

  #match(found: Found[], known: Tracked[], growth: number): [Found, Tracked][] {
    const { iou } = this.#options;
    const places = known.map(({ motion }) => motion.boxAt(this.#at));
    const costs = found.map(({ box, label }) => {
      const side = sizeOf(box);
      return known.map(({ motion, label: known }, i) => {
        if (known !== label) return FORBIDDEN;
        const [place, margin] = [places[i] ?? box, growth * Math.max(motion.side, side)];
        if (!isNear(box, place, 2 * margin)) return FORBIDDEN;
        const same = overlap(enlarged(box, margin), enlarged(place, margin));
        return same >= iou && same > 0 ? 1 - same : FORBIDDEN;
      });
    });
    return assign(costs).flatMap(([row, column]): [Found, Tracked][] => {
      const [candidate, object] = [found[row], known[column]];
      return candidate && object ? [[candidate, object]] : [];
    });
  }

  /** The boxes that are better explained by several objects than by one, and the objects without an own box in them. */
  #shared(
    found: Found[],
    { matched, lost, at }: { matched: Map<Found, Tracked>; lost: Set<Tracked>; at: number },
  ): Map<Found, Tracked[]> {
    const shared = new Map<Found, Tracked[]>();
    const longest = this.#options.keepMs * SHARED_KEEPS;
    for (const candidate of found) {
      const { box, label } = candidate;
      const inside = [...lost].filter((known) =>
        known.id > 0 && known.label === label && at - known.motion.at <= longest &&
        at - known.seenAt <= this.#options.keepMs &&
        share(known.motion.boxAt(at), box) >= COVERED
      );
      const owner = matched.get(candidate);
      if (owner && (owner.id === 0 || at - owner.motion.at > longest)) continue;
      const places = [...inside, ...(owner ? [owner] : [])].map(({ motion }) => motion.boxAt(at));
      if (inside.length === 0 || places.length < 2) continue;
      const single = Math.max(...places.map((place) => overlap(place, box)));
      if (overlap(around(places), box) < single - 0.05) continue;
      shared.set(candidate, inside);
      for (const known of inside) lost.delete(known);
    }
    return shared;
  }

  #detected(known: Tracked, { box, score, index }: Found): void {
    known.motion.correct(box, this.#at);
    Object.assign(known, { score, index, seenAt: this.#at });
    if (known.id === 0 && ++known.hits >= this.#options.hits) known.id = this.#options.nextId();
  }

  /** An object moves on within a box that several objects share. */
  #share(known: Tracked, { index }: Found): void {
    Object.assign(known, { index, seenAt: this.#at });
  }

  #start({ box, label, score, index }: Found): void {
    const at = this.#at;
    const motion = new MotionModel(box, at, this.#options.frame);
    const id = this.#options.hits <= 1 ? this.#options.nextId() : 0;
    this.#known.push({ id, label, score, index, firstAt: at, seenAt: at, motion, hits: 1 });
  }

  #forget(isOver: (known: Tracked) => boolean): void {
    const over = this.#known.filter(isOver);
    if (over.length === 0) return;
    this.#known = this.#known.filter((known) => !over.includes(known));
    this.#gone.push(...over.filter(({ id }) => id > 0));
  }
}

/** The detections that are not too many, in their order. */
function strongest(found: readonly Found[]): readonly Found[] {
  if (found.length <= MAX_OBJECTS) return found;
  const area = ({ box: [, , width, height] }: Found) => width * height;
  return found.toSorted((a, b) => b.score - a.score || area(b) - area(a)).slice(0, MAX_OBJECTS);
}

/** Whether two boxes are less than a distance apart, on both axes. Most pairs of a picture are not. */
function isNear(a: Box, b: Box, distance: number): boolean {
  return a[0] < b[0] + b[2] + distance && b[0] < a[0] + a[2] + distance &&
    a[1] < b[1] + b[3] + distance && b[1] < a[1] + a[3] + distance;
}

function enlarged([x, y, width, height]: Box, margin: number): Box {
  return [x - margin, y - margin, width + 2 * margin, height + 2 * margin];
}

/** The share of a box that is inside of another one. */
function share(inner: Box, outer: Box): number {
  const [, , width, height] = common(inner, outer);
  return width * height / Math.max(1, inner[2] * inner[3]);
}

/** The smallest box around all of them. */
function around(boxes: readonly Box[]): Box {
  const left = Math.min(...boxes.map(([x]) => x));
  const top = Math.min(...boxes.map(([, y]) => y));
  const right = Math.max(...boxes.map(([x, , width]) => x + width));
  const bottom = Math.max(...boxes.map(([, y, , height]) => y + height));
  return [left, top, right - left, bottom - top];
}
