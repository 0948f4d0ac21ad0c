/** Checks the format of a report when a filter makes it, so that every reader can rely on the format. */

import { LISTS, type Report, SHAPES } from "../frame/detection.ts";

/** The lists with one entry for each box: what an entry is, in words, and whether a value is one. */
const BESIDE_BOXES: Readonly<Record<string, [string, (entry: unknown) => boolean]>> = {
  labels: ["text", (entry) => typeof entry === "string"],
  scores: ["numbers from 0 to 1", (entry) => typeof entry === "number" && entry >= 0 && entry <= 1],
  ids: ["whole numbers", Number.isInteger],
  landmarks: [
    "lists of [x, y]",
    (entry) => Array.isArray(entry) && entry.every((point) => isEntry(point, 2)),
  ],
};

/**
 * Throws a `TypeError` if a report is not an object that fits into JSON; if `boxes`, `faces`, `lines` or `points` is not
 * a list of entries with four (a point: two) finite numbers; or if `labels`, `scores`, `ids` or `landmarks` is not a list
 * with an entry for each box. Without boxes, labels and scores are those of the whole picture.
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
  const count = report.boxes?.length ?? report.labels?.length;
  for (const [name, [words, isOne]] of Object.entries(BESIDE_BOXES)) {
    const list = report[name];
    if (list === undefined) continue;
    if (!Array.isArray(list) || !list.every(isOne) || list.length !== (count ?? list.length)) {
      throw new TypeError(`report(): ${name} is not a list of ${words}, one for each box`);
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
