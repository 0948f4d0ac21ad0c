/**
 * A film of moving things whose places are known, and the count of identity switches against that truth (as MOTA counts
 * them: K. Bernardin and R. Stiefelhagen, 2008).
 */

import type { Box } from "../../../lib/frame/detection.ts";
import { overlap } from "../../../lib/vision/boxes.ts";
import { assign, FORBIDDEN } from "../../../lib/vision/tracking/assignment.ts";
import { noise } from "../run_filter.ts";

export const [WIDTH, HEIGHT, FRAMES, FPS] = [320, 240, 330, 30];

/** A wall that hides what passes behind it. */
const WALL: Box = [150, 170, 34, 70];

/** The frames before the things move: `motion` learns the background. */
const START = 20;

interface Thing {
  /** The same name is the same object to the truth. */
  readonly name: string;
  readonly shape: "square" | "disc";
  readonly side: number;
  readonly gray: number;
  /** The left upper corner, `since` frames after the start; undefined while it is not there. */
  readonly at: (since: number) => readonly [x: number, y: number] | undefined;
}

const THINGS: readonly Thing[] = [
  // Two that cross, at nearly the same height.
  { name: "right", shape: "square", side: 28, gray: 230, at: (i) => [-28 + 3 * i, 40] },
  { name: "left", shape: "disc", side: 26, gray: 200, at: (i) => [320 - 2.5 * i, 45] },
  // Goes, stands for 0.8 s, goes on.
  {
    ...{ name: "stops", shape: "square", side: 24, gray: 240 },
    at: (i) => [-24 + 2 * (i < 60 ? i : i < 84 ? 60 : i - 24), 90],
  },
  // Leaves at the left for 0.4 s and comes back the way it went.
  {
    ...{ name: "back soon", shape: "disc", side: 30, gray: 220 },
    at: (i) => i < 60 ? [120 - 2.5 * i, 130] : i < 72 ? undefined : [-30 + 2.5 * (i - 72), 130],
  },
  // Leaves for 4 s: who comes back then is somebody else to a tracker that keeps numbers for 1 s.
  {
    name: "early",
    shape: "square",
    side: 30,
    gray: 210,
    at: (i) => i < 70 ? [250 + i, 130] : undefined,
  },
  {
    ...{ name: "late", shape: "square", side: 30, gray: 210 },
    at: (i) => i < 190 ? undefined : [320 - 1.5 * (i - 190), 130],
  },
  // Passes behind the wall, in about 0.9 s from edge to edge.
  { name: "hidden", shape: "square", side: 26, gray: 225, at: (i) => [40 + 2.2 * i, 190] },
  // Crosses the way of the first two from top to bottom, later.
  {
    name: "down",
    shape: "disc",
    side: 24,
    gray: 245,
    at: (i) => i < 140 ? undefined : [200, -24 + 1.6 * (i - 140)],
  },
];

/** A thing that can be seen in a frame. */
export interface Seen {
  readonly name: string;
  readonly box: Box;
}

/** What can be seen in a frame: at least half of it is in the picture and not behind the wall. */
export function truthAt(frame: number): Seen[] {
  return THINGS.flatMap((thing) => {
    const pixels = pixelsOf(thing, frame);
    const full = thing.shape === "square" ? thing.side ** 2 : Math.PI / 4 * thing.side ** 2;
    if (pixels.length < full / 2) return [];
    const [xs, ys] = [pixels.map((at) => at % WIDTH), pixels.map((at) => Math.floor(at / WIDTH))];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const box: Box = [left, top, Math.max(...xs) - left + 1, Math.max(...ys) - top + 1];
    return [{ name: thing.name, box }];
  });
}

/** The gray pixels of a frame: the things on a dim background with a pattern and some noise. */
export function filmFrame(frame: number): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (let at = 0; at < pixels.length; at++) {
    const [x, y] = [at % WIDTH, Math.floor(at / WIDTH)];
    pixels[at] = 40 + (x * 7 + y * 13) % 32 + noise(x + frame * 331, y) % 5;
  }
  for (const thing of THINGS) for (const at of pixelsOf(thing, frame)) pixels[at] = thing.gray;
  return pixels;
}

export function film(): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: FRAMES }, (_, frame) => filmFrame(frame));
}

/** The indices of a thing's visible pixels. */
function pixelsOf({ at, shape, side }: Thing, frame: number): number[] {
  const place = frame < START ? undefined : at(frame - START);
  if (!place) return [];
  const [left, top] = [Math.round(place[0]), Math.round(place[1])];
  const indices: number[] = [];
  for (let y = Math.max(0, top); y < Math.min(HEIGHT, top + side); y++) {
    for (let x = Math.max(0, left); x < Math.min(WIDTH, left + side); x++) {
      const [dx, dy] = [x - left + 0.5 - side / 2, y - top + 0.5 - side / 2];
      if (shape === "disc" && Math.hypot(dx, dy) > side / 2) continue;
      const [wx, wy, wide, high] = WALL;
      if (x >= wx && y >= wy && x < wx + wide && y < wy + high) continue;
      indices.push(y * WIDTH + x);
    }
  }
  return indices;
}

/** What a tracker reported for a frame. */
export interface Reported {
  readonly sequence: number;
  readonly boxes: readonly Box[];
  readonly ids: readonly number[];
}

export interface Score {
  /** How often a thing got another number than the one before. */
  readonly switches: number;
  /** How many numbers two things had. */
  readonly mixed: number;
  /** The share of the visible things that were reported, 0 to 1. */
  readonly recall: number;
  /** Reported boxes without a thing, a frame. */
  readonly extra: number;
  /** The numbers of each thing, in their order. */
  readonly ids: ReadonlyMap<string, readonly number[]>;
}

/** Compares reports with the truth. A box with an IoU of at least 0.3 is the thing's. */
export function scoreOf(reports: readonly Reported[]): Score {
  const ids = new Map<string, number[]>();
  let [visible, matched, extra, switches] = [0, 0, 0, 0];
  for (const report of reports) {
    const truth = truthAt(report.sequence);
    const pairs = assign(truth.map(({ name, box }) =>
      report.boxes.map((candidate, i) => {
        const same = overlap(box, candidate);
        if (same < 0.3) return FORBIDDEN;
        // A pair of before stays one as long as it can: two things at one place say nothing about numbers.
        return ids.get(name)?.at(-1) === report.ids[i] ? 0 : 1 - same / 2;
      })
    ));
    visible += truth.length;
    matched += pairs.length;
    extra += report.boxes.length - pairs.length;
    for (const [row, column] of pairs) {
      const [name, id] = [truth[row]!.name, report.ids[column]!];
      const known = ids.get(name) ?? [];
      if (known.length > 0 && known.at(-1) !== id) switches++;
      if (known.at(-1) !== id) ids.set(name, [...known, id]);
    }
  }
  const all = [...ids.values()].flatMap((list) => [...new Set(list)]);
  const mixed = all.length - new Set(all).size;
  return { switches, mixed, recall: matched / visible, extra: extra / reports.length, ids };
}

/** One line for the log of a test run. */
export function scoreLine(what: string, { switches, mixed, recall, extra, ids }: Score): string {
  const numbers = [...ids].map(([name, list]) => `${name} ${list.join("->")}`).join(", ");
  return `${what}: ${switches} identity switches, ${mixed} numbers of two things, ${
    (100 * recall).toFixed(1)
  } % found, ` +
    `${extra.toFixed(2)} extra boxes a frame (${numbers})`;
}
