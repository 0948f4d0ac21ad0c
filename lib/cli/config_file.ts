/**
 * Options from a file, TOML or JSON: the names of the flags, and what is typed wins. File in, command
 * line out.
 *
 *     resolution = "320x240"
 *     loop = true
 *     output = ["a.gray", "b.gray"]
 */

import { messageOf } from "../frame/failure.ts";
import { nearest } from "../frame/nearest.ts";
import {
  flagName,
  type OptionTable,
  type OptionValues,
  parseOptions,
  typedOptions,
  UsageError,
} from "./option_table.ts";
import { readSmallFile } from "./small_file.ts";
import { parseToml } from "./parse_toml.ts";

/** Reads a command line, and the file that its --config names. Throws a `UsageError`. */
export function parseWithConfig<T extends OptionTable & { config: unknown }>(
  args: string[],
  table: T,
  control: { program: string },
): { values: OptionValues<T>; positionals: string[] } {
  const typed = parseOptions(args, table, control);
  const { config } = typed.values as { config: string | undefined };
  return config === undefined
    ? typed
    : parseOptions(withConfig(args, config, table), table, control);
}

/**
 * The command line with the options of `file` in front of it, those left out that it gives itself.
 * Throws a `UsageError` where the file can't be read, or holds what is no option of the table.
 */
export function withConfig(args: string[], file: string, table: OptionTable): string[] {
  const config = read(file);
  const names = new Map(Object.keys(table).map((name) => [flagName(name).slice(2), name]));
  const typed = typedOptions(args, table);
  const replaced = new Set([...typed].map((name) => table[name]?.group));
  const added: string[] = [];
  for (const [flag, value] of Object.entries(config)) {
    const name = names.get(flag);
    const row = name === undefined ? undefined : table[name];
    if (name !== undefined && ["config", "help", "version"].includes(name)) {
      throw new UsageError(`"${flag}" in ${file} can only be typed`, `leave it out of ${file}`);
    }
    if (name === undefined || !row) {
      const near = nearest(flag, names.keys());
      throw new UsageError(
        `"${flag}" in ${file} is no option${near ? `, did you mean "${near}"?` : ""}`,
        "the names are those of the flags, without the dashes: resolution, source-timeout",
      );
    }
    const wins = typed.has(name) || row.group !== undefined && replaced.has(row.group);
    if (!wins) added.push(...asArguments(flag, value, { file, row }));
  }
  return [...added, ...args];
}

function asArguments(
  flag: string,
  value: unknown,
  { file, row }: { file: string; row: OptionTable[string] },
): string[] {
  const takesValue = "value" in row;
  // A list is several options where there may be several, else one with commas.
  const list = Array.isArray(value) ? value : [value];
  const isOne = takesValue && !row.repeatable && list.length > 1 &&
    list.every((one) => typeof one === "string" || typeof one === "number");
  const values = isOne ? [list.join(",")] : list;
  return values.flatMap((one) => {
    if (!takesValue && typeof one === "boolean") return one ? [`--${flag}`] : [];
    if (takesValue && (typeof one === "string" || typeof one === "number")) {
      return [`--${flag}=${one}`];
    }
    const wanted = takesValue ? "a text or a number" : "true or false";
    throw new UsageError(
      `"${flag}" in ${file} is ${short(JSON.stringify(one))}, wanted: ${wanted}`,
      "as it would be typed behind the flag",
    );
  });
}

function read(file: string): Record<string, unknown> {
  const failed = `Cannot read --config "${file}"`;
  let text: string;
  try {
    text = readSmallFile(file, failed);
  } catch (thrown) {
    throw new UsageError(messageOf(thrown), "name a TOML or JSON file");
  }
  try {
    const isJson = text.trimStart().startsWith("{");
    const config: unknown = isJson ? JSON.parse(text) : parseToml(text);
    if (typeof config === "object" && config !== null) return config as Record<string, unknown>;
    throw new Error("no options are in it");
  } catch (thrown) {
    const [why = ""] = messageOf(thrown).split("\n");
    throw new UsageError(`${failed}: ${short(why)}`, "wanted TOML, or JSON in { }");
  }
}

/** The beginning of what a file holds. */
function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
