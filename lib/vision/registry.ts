/** The list of built-in filters: detectors first, then the others, each in the order of filters.ts. */

import type {
  CrewDetectorDefinition,
  DetectorDefinition,
  FilterDefinition,
  ParameterTable,
} from "./filter.ts";
import * as all from "./filters.ts";
import type { Options } from "./graph.ts";

type AnyDefinition =
  // deno-lint-ignore no-explicit-any -- each definition is typed by its own parameters
  DetectorDefinition<any> | CrewDetectorDefinition<any> | FilterDefinition<any>;

const everything: readonly AnyDefinition[] = Object.values(all);

export const detectors = everything.filter((definition) => definition.kind === "detector");

/** The detectors that run in a Worker with OpenCV. */
export const cvDetectors = detectors.filter((definition) => "create" in definition);

export const filters = everything.filter((definition) => definition.kind === "filter");

/** All filters, detectors included. */
export const definitions: readonly AnyDefinition[] = [...detectors, ...filters];

/** The text of `--filter list`: the summary of each filter, and its parameters with defaults. */
export function listFilters(): string {
  return definitions.map(({ name, summary, parameters, reports, note }) => {
    const rows = parameterRows(parameters).map(([row, help]) => `    ${row.padEnd(18)} ${help}\n`);
    const lines = `${note ? `    ${note}\n` : ""}${rows.join("")}`;
    return `${name}: ${summary}${reports && `; reports ${reports}`}\n${lines}`;
  }).join("\n");
}

/** The same list as a Markdown table, for docs/filters.md. */
export function filterTable(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = definitions.map(({ name, summary, parameters, reports }) => {
    const names = parameterRows(parameters).map(([row]) => `\`${row}\``).join(" ");
    return `| \`${name}\` | ${cell(summary)} | ${cell(reports)} | ${cell(names)} |`;
  });
  return ["| filter | what it does | reports | parameters |", "| --- | --- | --- | --- |", ...rows]
    .join("\n");
}

/** One row per parameter: its name and default, and its help. */
function parameterRows(parameters: ParameterTable): [row: string, help: string][] {
  return Object.entries(parameters).map((
    [name, { fallback, help }],
  ) => [`${name}=${fallback}`, help]);
}

/** The filters with countable detections. `--on` accepts them. */
export const finders: readonly string[] = definitions
  .filter(({ detections }) => detections !== undefined)
  .map(({ name }) => name);

/** What this filter finds, such as "face"; undefined if it finds different things, or does not know what. */
export function labelOf(name: string): string | undefined {
  return definitions.find((definition) => definition.name === name)?.label;
}

/** Whether positions in this filter's output fit its input after scaling. */
export function keepsPositions(name: string): boolean {
  return !filters.find((filter) => filter.name === name)?.movesPixels;
}

/** Whether this filter draws what it detects; undefined if it detects nothing. */
export function drawsDetections(
  { name, options }: { name: string; options: Options },
): boolean | undefined {
  if (!finders.includes(name)) return undefined;
  // A mask takes the place of the picture, and has no boxes.
  return options.draw === 1 && options.mask !== 1;
}

/** Whether this filter works on colors. */
export function needsColor(name: string): boolean {
  return definitions.find((definition) => definition.name === name)?.needsColor ?? false;
}

/** Whether `track` can follow this filter: it reports boxes. */
export function reportsBoxes(name: string): boolean {
  return name !== "track" &&
    definitions.some((definition) => definition.name === name && definition.detections === "boxes");
}
