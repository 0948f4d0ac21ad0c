/** Warnings about options that are given but have no effect. */

import { flagName } from "./option_table.ts";

/** Options that have no effect, and why: `without --on`. */
export interface NoEffect {
  readonly options: readonly string[];
  readonly why: string;
}

/** The warning for those of the options that are given; undefined if none is. */
export function noEffectWarning(
  given: ReadonlySet<string>,
  { options, why }: NoEffect,
): string | undefined {
  const flags = options.filter((name) => given.has(name)).map(flagName);
  if (flags.length === 0) return undefined;
  const verb = flags.length === 1 ? "has" : "have";
  return `${flags.join(" and ")} ${verb} no effect ${why}`;
}
