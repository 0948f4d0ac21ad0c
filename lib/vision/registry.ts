/** All the built-in filters, in the order of `--filter list`. A new one is a file and a line here. */

import type { DetectorDefinition, FilterDefinition, ParameterTable } from "./filter.ts";
import { blur } from "./filters/blur.ts";
import { clahe } from "./filters/clahe.ts";
import { contours } from "./filters/contours.ts";
import { corners } from "./filters/corners.ts";
import { crop } from "./filters/crop.ts";
import { diff } from "./filters/diff.ts";
import { edges } from "./filters/edges.ts";
import { equalize } from "./filters/equalize.ts";
import { eyes } from "./filters/eyes.ts";
import { faces } from "./filters/faces.ts";
import { flip } from "./filters/flip.ts";
import { flow } from "./filters/flow.ts";
import { lines } from "./filters/lines.ts";
import { median } from "./filters/median.ts";
import { motion } from "./filters/motion.ts";
import { people } from "./filters/people.ts";
import { resize } from "./filters/resize.ts";
import { rotate } from "./filters/rotate.ts";
import { text } from "./filters/text.ts";
import { threshold } from "./filters/threshold.ts";

// deno-lint-ignore no-explicit-any -- each definition is typed by its own parameters
export const detectors: readonly DetectorDefinition<any>[] = [faces, eyes, people];

// deno-lint-ignore no-explicit-any -- the same
export const filters: readonly FilterDefinition<any>[] = [
  motion,
  edges,
  blur,
  median,
  equalize,
  clahe,
  threshold,
  diff,
  flow,
  lines,
  contours,
  corners,
  flip,
  rotate,
  resize,
  crop,
  text,
];

/** Both kinds. */
export const definitions: readonly {
  readonly name: string;
  readonly summary: string;
  readonly parameters: ParameterTable;
  readonly reports: string;
}[] = [...detectors, ...filters];

/** `--filter list`: a sentence and the parameters of each, with their defaults. */
export function listFilters(): string {
  return definitions.map(({ name, summary, parameters, reports }) => {
    const rows = Object.entries(parameters).map(([parameter, { fallback, help }]) =>
      `    ${`${parameter}=${fallback}`.padEnd(18)} ${help}\n`
    );
    return `${name}: ${summary}${reports && `; reports ${reports}`}\n${rows.join("")}`;
  }).join("\n");
}
