/**
 * The list of detections: what one filter reports without a longer pause is one group, "motion, 6:30:22 to 6:30:31, up
 * to 6 boxes". A detection of nothing is left out. An object that entered or left is an entry of its own.
 */

import { counted, timeOfDay } from "./words.js";

/** A longer pause ends a group, in milliseconds. */
const GAP_MS = 3000;

/** How many groups are kept; the oldest goes. */
const MAX_GROUPS = 100;

/** What a detection says beside its lists and its other values. */
const FACTS = ["type", "stream", "sequence", "capturedAt", "filter", "of", "age"];

/** Lists that belong to the boxes, and are as long. */
const OF_BOXES = ["ids", "labels", "scores", "landmarks"];

export class DetectionGroups {
  /** The newest first. */
  groups = [];

  /**
   * Takes a detection. Returns its group `{ filter, from, to, least, most, values }`, with `isNew`, and `isBest` if it
   * has more than those before it; undefined for a detection of nothing.
   */
  add(detection) {
    if (isObjectEvent(detection)) return this.#addEvent(detection);
    const { lists, values } = contentsOf(detection);
    const total = Object.values(lists).reduce((sum, count) => sum + count, 0);
    if (total === 0 && Object.keys(values).length === 0) return undefined;
    const { filter, of, capturedAt } = detection;
    const isSame = (group) => !group.event && group.filter === filter && group.of === of;
    const known = this.groups.find(isSame);
    if (!known || capturedAt - known.to >= GAP_MS) {
      const group = {
        ...{ filter, of, from: capturedAt, to: capturedAt, total, values },
        ...{ least: { ...lists }, most: { ...lists } },
      };
      this.groups.unshift(group);
      this.groups.splice(MAX_GROUPS);
      return { group, isNew: true, isBest: true };
    }
    known.to = Math.max(known.to, capturedAt);
    known.values = values;
    for (const [name, count] of Object.entries(lists)) {
      known.least[name] = Math.min(known.least[name] ?? 0, count);
      known.most[name] = Math.max(known.most[name] ?? 0, count);
    }
    const isBest = total > known.total;
    known.total = Math.max(known.total, total);
    return { group: known, isNew: false, isBest };
  }

  #addEvent({ filter, capturedAt, event, id, label, zone, seconds }) {
    const group = { filter, from: capturedAt, to: capturedAt, event, id, label, zone, seconds };
    this.groups.unshift(group);
    this.groups.splice(MAX_GROUPS);
    return { group, isNew: true, isBest: true };
  }
}

/** Whether `track` says that an object entered or left. */
function isObjectEvent({ filter, event, id }) {
  return filter === "track" && (event === "entered" || event === "left") && Number.isInteger(id);
}

/** The sizes of a detection's lists, and what else it says. */
function contentsOf(detection) {
  const [lists, values] = [{}, {}];
  for (const [name, value] of Object.entries(detection)) {
    if (FACTS.includes(name)) continue;
    if (OF_BOXES.includes(name) && (detection.boxes || name === "scores")) continue;
    if (Array.isArray(value)) lists[name] = value.length;
    else values[name] = value;
  }
  // A list may be empty beside values that say what is missing.
  const isNothing = Object.keys(lists).length > 0 &&
    Object.values(lists).every((count) => count === 0);
  return { lists, values: isNothing ? {} : values };
}

/** A group as a line: how many it has found, or for a filter that counts nothing what it says. */
export function lineOf(group) {
  const { filter, of, from, to, least, most, values } = group;
  if (group.event) return eventLine(group);
  const [first, last] = [timeOfDay(from), timeOfDay(to)];
  const counts = Object.entries(most).filter(([, count]) => count > 0)
    .map(([name, count]) => `${least[name] === count ? "" : "up to "}${counted(count, name)}`);
  const others = Object.entries(values).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const what = counts.length > 0 ? counts : others;
  return [
    of ? `${filter} of ${of}` : filter,
    first === last ? first : `${first} to ${last}`,
    ...what,
  ].join(", ");
}

/** "person 3 left gate, 6:30:22, after 4.2 s" */
function eventLine({ from, event, id, label, zone, seconds }) {
  const what = [label, id, event, ...(zone === undefined ? [] : [zone])].join(" ");
  return [what, timeOfDay(from), ...(event === "left" ? [`after ${seconds} s`] : [])].join(", ");
}
