/** What is known of the built-in filters, from their definitions: detectors first, then by name. */

import type { DetectorDefinition, FilterDefinition, ParameterTable } from "./filter.ts";
import * as all from "./filters.ts";

// deno-lint-ignore no-explicit-any -- each definition is typed by its own parameters
type AnyDefinition = DetectorDefinition<any> | FilterDefinition<any>;

const everything: readonly AnyDefinition[] = Object.values(all);

export const detectors = everything.filter((definition) => definition.kind === "detector");

export const filters = everything.filter((definition) => definition.kind === "filter");

/** Both kinds. */
export const definitions: readonly AnyDefinition[] = [...detectors, ...filters];

/** `--filter list`: a sentence and the parameters of each, with their defaults. */
export function listFilters(): string {
  return definitions.map(({ name, summary, parameters, reports }) => {
    const rows = parameterRows(parameters).map(([row, help]) => `    ${row.padEnd(18)} ${help}\n`);
    return `${name}: ${summary}${reports && `; reports ${reports}`}\n${rows.join("")}`;
  }).join("\n");
}

/** The same as a Markdown table, for docs/filters.md. */
export function filterTable(): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = definitions.map(({ name, summary, parameters, reports }) => {
    const names = parameterRows(parameters).map(([row]) => `\`${row}\``).join(" ");
    return `| \`${name}\` | ${cell(summary)} | ${cell(reports)} | ${cell(names)} |`;
  });
  return ["| filter | what it does | reports | parameters |", "| --- | --- | --- | --- |", ...rows]
    .join("\n");
}

/** A row of the list for each parameter: name and default, and its help. */
function parameterRows(parameters: ParameterTable): [row: string, help: string][] {
  return Object.entries(parameters).map((
    [name, { fallback, help }],
  ) => [`${name}=${fallback}`, help]);
}

/** Filters that find things which can be counted: they can begin a record. */
export const finders: readonly string[] = definitions
  .filter(({ finds }) => finds !== undefined)
  .map(({ name }) => name);

/** Whether what later filters find stands, once scaled, where it stands in this filter's result. */
export function keepsPlaces(name: string): boolean {
  return !filters.find((filter) => filter.name === name)?.movesPixels;
}
