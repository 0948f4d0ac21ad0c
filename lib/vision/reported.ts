/** Checks the format of a report when a filter makes it, so that every reader can rely on the format. */

import { LISTS, type Report, SHAPES } from "../frame/detection.ts";

/**
 * Throws a `TypeError` if a report is not an object that fits into JSON, or if `boxes`, `faces`, `lines` or
 * `points` is not a list of entries with four (a point: two) finite numbers.
 */
export function checkReport(report: unknown): asserts report is Report {
  if (!isJson(report)) throw new TypeError("report() takes an object that fits into JSON");
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
    return false; // a BigInt or a circular reference
  }
}

function isEntry(entry: unknown, length: number): boolean {
  return Array.isArray(entry) && entry.length === length && entry.every(Number.isFinite);
}
