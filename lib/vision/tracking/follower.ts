/**
 * Follows the objects of one detector: its reports in, reports with numbers and events out. It knows no pictures: the
 * filter `track` gives it the times of the frames and draws what it returns.
 */

import type { Box, Report } from "../../frame/detection.ts";
import type { FrameSize } from "../../frame/frame_size.ts";
import type { FrameFacts } from "../filter.ts";
import { type ObjectEvent, Presence } from "./presence.ts";
import { type Found, type Tracked, Tracker } from "./tracker.ts";
import type { Zone } from "./zones.ts";

/** The values of the parameters of `track`. */
export interface FollowerOptions {
  readonly iou: number;
  /** In seconds. */
  readonly keep: number;
  readonly hits: number;
  readonly score: number;
  readonly zone: readonly Zone[];
  readonly nextId?: () => number;
  /** The size of the frames as they arrive. */
  readonly frame?: FrameSize | undefined;
}

/** An object on a frame. */
export interface Shown {
  readonly id: number;
  readonly label: string;
  /** In pixels of the frame as it arrived. */
  readonly box: Box;
}

/** Boxes beyond it are no places in a picture. */
const MAX_PIXELS = 1e6;

/** What a detector without labels detects. */
const LABELS: Record<string, string> = { faces: "face", eyes: "eye", people: "person" };

/** The newest result, and the frame that it belongs to. */
interface Result {
  readonly report: Report;
  readonly filter: string;
  readonly at: number;
  readonly sequence: number;
  /** Whether its other values have been reported. */
  isTold: boolean;
}

export class Follower {
  readonly #tracker: Tracker;
  readonly #presence: Presence;
  #result: Result | undefined;
  #events: ObjectEvent[] = [];

  constructor({ nextId = counter(), keep, zone, ...options }: FollowerOptions) {
    const keepMs = keep * 1000;
    this.#tracker = new Tracker({ ...options, keepMs, nextId });
    this.#presence = new Presence(zone, { keepMs });
  }

  /** Takes a detector's report for a frame, which can be an earlier one than the newest frame. */
  observe(report: Report, { filter, sequence, capturedAt }: FrameFacts & { filter: string }): void {
    // The objects of another detector: they are not the same.
    if (this.#result && this.#result.filter !== filter) this.end();
    this.#result = { report, filter, at: capturedAt, sequence, isTold: false };
    this.#tracker.observe(foundIn(report, filter), capturedAt);
    this.#note();
    for (const object of this.#tracker.visible) {
      const box = object.motion.boxAt(capturedAt);
      this.#events.push(...this.#presence.seen({ ...object, box }, capturedAt));
    }
  }

  /** The report for a frame and the objects in it; undefined as long as there was no result. */
  report({ sequence, capturedAt }: FrameFacts): { report: Report; shown: Shown[] } | undefined {
    const result = this.#result;
    if (!result) return undefined;
    this.#tracker.advance(capturedAt);
    this.#note();
    const objects = this.#tracker.visible;
    const shown = objects.map(({ id, label, motion }): Shown => {
      const [x, y, width, height] = motion.boxAt(capturedAt);
      return { id, label, box: [Math.round(x), Math.round(y), width, height] };
    });
    const isOwn = sequence === result.sequence;
    const others = result.isTold ? {} : othersOf(result.report);
    result.isTold = true;
    const report = {
      ...others,
      of: result.filter,
      boxes: shown.map(({ box }) => box),
      labels: shown.map(({ label }) => label),
      ...(result.report.scores !== undefined && { scores: objects.map(({ score }) => score) }),
      ...(result.report.landmarks !== undefined && {
        landmarks: objects.map((object) => landmarksOf(object, result, capturedAt)),
      }),
      ids: shown.map(({ id }) => id),
      ...(!isOwn && { age: Math.max(0, Math.round(capturedAt - result.at)) }),
    };
    return { report, shown };
  }

  /** What has happened since the last call, in its order. */
  takeEvents(): ObjectEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The stream ends: whatever is there leaves. */
  end(): void {
    this.#tracker.end();
    this.#note();
  }

  /** Notes the events of the objects that are gone. */
  #note(): void {
    for (const { id } of this.#tracker.takeGone()) this.#events.push(...this.#presence.gone(id));
  }
}

/** Numbers from 1 on. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}

/** The detections in a report. Its lists beside `boxes` can be missing or wrong: the user's own filter may send them. */
function foundIn({ boxes = [], labels, scores }: Report, filter: string): Found[] {
  const name = LABELS[filter] ?? filter.replace(/\.m?js$/, "");
  return boxes.flatMap((box, index) => {
    const isPlace = box[2] > 0 && box[3] > 0 && box.every((side) => Math.abs(side) < MAX_PIXELS);
    if (!isPlace) return [];
    const label: unknown = Array.isArray(labels) ? labels[index] : undefined;
    const score: unknown = Array.isArray(scores) ? scores[index] : undefined;
    return {
      ...{ box, index },
      label: typeof label === "string" ? label : name,
      score: typeof score === "number" ? score : 1,
    };
  });
}

/** What a report says beside the lists that belong to its boxes. */
function othersOf(report: Report): Report {
  const { boxes: _boxes, labels: _labels, scores: _scores, ids: _ids, ...others } = report;
  const { landmarks: _landmarks, age: _age, ...rest } = others;
  return rest;
}

/** The points of an object in a result, moved as its box is `at` a time. */
function landmarksOf(
  { index, motion }: Tracked,
  { report, at: from }: Result,
  at: number,
): [x: number, y: number][] {
  const points: unknown = Array.isArray(report.landmarks) ? report.landmarks[index] : undefined;
  const [[x, y], [fromX, fromY]] = [motion.boxAt(at), motion.boxAt(from)];
  if (!Array.isArray(points)) return [];
  return points.map(([u, v]) => [Math.round(u + x - fromX), Math.round(v + y - fromY)]);
}
