/** The one format of what filters report: checked where it is reported, so that every reader can rely on it. */

import type { Report } from "./filter.ts";

/** The lists that a report may hold, and what each of their entries is. */
const LISTS = {
  boxes: ["x", "y", "width", "height"],
  faces: ["x", "y", "width", "height"],
  lines: ["x1", "y1", "x2", "y2"],
  points: ["x", "y"],
} as const;

/**
 * Throws a `TypeError` where a report is no object that JSON can hold, or where `boxes`, `faces`, `lines` or
 * `points` is something else than a list of entries of four (a point: two) finite numbers.
 */
export function checkReport(finds: unknown): asserts finds is Report {
  if (!isJson(finds)) throw new TypeError("report() wants an object that JSON can hold");
  for (const [name, entry] of Object.entries(LISTS)) {
    const list = finds[name];
    if (list === undefined) continue;
    if (!Array.isArray(list) || !list.every((one) => isEntry(one, entry.length))) {
      throw new TypeError(
        `report(): ${name} is not a list of [${
          entry.join(", ")
        }]; use another name for other things`,
      );
    }
  }
}

function isJson(finds: unknown): finds is Report {
  try {
    const text = typeof finds === "object" && finds !== null && JSON.stringify(finds);
    return typeof text === "string" && text.startsWith("{");
  } catch {
    return false; // a BigInt or a circle
  }
}

function isEntry(entry: unknown, length: number): boolean {
  return Array.isArray(entry) && entry.length === length && entry.every(Number.isFinite);
}
