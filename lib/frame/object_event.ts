/** What `track` reports: the objects of each frame, and events of single objects. Both come as detections. */

import type { Detection } from "./detection.ts";

/** An object has entered or left the picture or a zone. It has no boxes. */
export interface ObjectEvent extends Detection {
  readonly event: "entered" | "left";
  /** The object's number, from 1 on. */
  readonly id: number;
  readonly label: string;
  /** The zone's name; missing where there are no zones. */
  readonly zone?: string;
}

/** The event of an object, if the detection is one. A user's filter can report anything under these names. */
export function objectEvent(detection: Detection): ObjectEvent | undefined {
  const { filter, event, id, label } = detection;
  const isOne = filter === "track" && (event === "entered" || event === "left") &&
    typeof id === "number" && typeof label === "string";
  return isOne ? detection as ObjectEvent : undefined;
}

/** Whether it lists the objects of a frame, which have entered before. */
export function listsObjects({ filter, ids }: Detection): boolean {
  return filter === "track" && Array.isArray(ids);
}

/** The filters that a detection comes from: two `track` in one graph follow different detectors. */
export function originOf({ filter, of }: Detection): string {
  return typeof of === "string" ? `${filter} of ${of}` : filter;
}
