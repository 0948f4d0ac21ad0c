/** The one format of what filters report: checked where it is reported, so that every reader can rely on it. */

import { LISTS, type Report, SHAPES } from "../frame/detection.ts";

/**
 * Throws a `TypeError` where a report is no object that JSON can hold, or where `boxes`, `faces`, `lines` or
 * `points` is something else than a list of entries of four (a point: two) finite numbers.
 */
export function checkReport(report: unknown): asserts report is Report {
  if (!isJson(report)) throw new TypeError("report() takes an object that JSON can hold");
  for (const [name, shape] of Object.entries(LISTS)) {
    const list = report[name];
    if (list === undefined) continue;
    const numbers = SHAPES[shape];
    if (!Array.isArray(list) || !list.every((entry) => isEntry(entry, numbers.length))) {
      throw new TypeError(
        `report(): ${name} is not a list of [${
          numbers.join(", ")
        }]; use another name for other things`,
      );
    }
  }
}

function isJson(report: unknown): report is Report {
  try {
    const text = typeof report === "object" && report !== null && JSON.stringify(report);
    return typeof text === "string" && text.startsWith("{");
  } catch {
    return false; // a BigInt or a circle
  }
}

function isEntry(entry: unknown, length: number): boolean {
  return Array.isArray(entry) && entry.length === length && entry.every(Number.isFinite);
}
