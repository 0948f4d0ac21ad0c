/** Every filter of the registry, with its defaults and with other parameters. */

import type { FilterDefinition } from "../../lib/vision/filter.ts";
import { filters } from "../../lib/vision/registry.ts";

interface FilterCase {
  // deno-lint-ignore no-explicit-any -- any filter
  readonly definition: FilterDefinition<any>;
  /** As in a graph. */
  readonly parameters: Record<string, string>;
}

/** Parameters with which a filter does more than with its defaults. */
const given: { readonly [filter: string]: readonly Record<string, string>[] } = {
  blur: [{ kernel: "31" }],
  median: [{ kernel: "31" }],
  threshold: [{ mode: "otsu" }, { mode: "adaptive" }],
  motion: [{ min: "4" }],
  lines: [{ votes: "5", min: "5" }],
  contours: [{ min: "2" }],
  rotate: [{ angle: "180" }, { angle: "17" }],
  crop: [{ x: "1", y: "1", width: "40" }],
  resize: [{ width: "20" }],
  text: [{ text: "some words" }],
  inrange: [{ hmin: "170", hmax: "10", smin: "0", vmin: "0" }, { mask: "1" }],
};

export const filterCases: readonly FilterCase[] = filters.flatMap((definition) =>
  [{}, ...given[definition.name] ?? []].map((parameters) => ({ definition, parameters }))
);

/** A case as it is written in a graph: `crop=x=1:y=1`. */
export function graphOf({ definition: { name }, parameters }: FilterCase): string {
  const options = Object.entries(parameters).map(([name, value]) => `${name}=${value}`).join(":");
  return options ? `${name}=${options}` : name;
}
