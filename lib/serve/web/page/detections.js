/**
 * The list of detections: what one filter reports without a longer pause is one group, "motion, 6:30:22 to 6:30:31, up
 * to 6 boxes". A detection of nothing is left out.
 */

import { counted, timeOfDay } from "./words.js";

/** A longer pause ends a group, in milliseconds. */
const GAP_MS = 3000;

/** How many groups are kept; the oldest goes. */
const MAX_GROUPS = 100;

/** What a detection says beside its lists and its other values. */
const FACTS = ["type", "stream", "sequence", "capturedAt", "filter"];

export class DetectionGroups {
  /** The newest first. */
  groups = [];

  /**
   * Takes a detection. Returns its group `{ filter, from, to, least, most, values }`, with `isNew`, and `isBest` if it
   * has more than those before it; undefined for a detection of nothing.
   */
  add(detection) {
    const { lists, values } = contentsOf(detection);
    const total = Object.values(lists).reduce((sum, count) => sum + count, 0);
    if (total === 0 && Object.keys(values).length === 0) return undefined;
    const { filter, capturedAt } = detection;
    const known = this.groups.find((group) => group.filter === filter);
    if (!known || capturedAt - known.to >= GAP_MS) {
      const group = {
        ...{ filter, from: capturedAt, to: capturedAt, total, values },
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
}

/** The sizes of a detection's lists, and what else it says. */
function contentsOf(detection) {
  const [lists, values] = [{}, {}];
  for (const [name, value] of Object.entries(detection)) {
    if (FACTS.includes(name)) continue;
    if (Array.isArray(value)) lists[name] = value.length;
    else values[name] = value;
  }
  // A list may be empty beside values that say what is missing.
  const isNothing = Object.keys(lists).length > 0 &&
    Object.values(lists).every((count) => count === 0);
  return { lists, values: isNothing ? {} : values };
}

/** A group as a line: how many it has found, or for a filter that counts nothing what it says. */
export function lineOf({ filter, from, to, least, most, values }) {
  const [first, last] = [timeOfDay(from), timeOfDay(to)];
  const counts = Object.entries(most).filter(([, count]) => count > 0)
    .map(([name, count]) => `${least[name] === count ? "" : "up to "}${counted(count, name)}`);
  const others = Object.entries(values).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const what = counts.length > 0 ? counts : others;
  return [filter, first === last ? first : `${first} to ${last}`, ...what].join(", ");
}
