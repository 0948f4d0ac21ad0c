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
  UsageError,
} from "./option_table.ts";
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
  const isTyped = (row: OptionTable[string], flag: string) =>
    args.some((arg) =>
      arg === `--${flag}` || arg.startsWith(`--${flag}=`) ||
      row.short !== undefined && arg.startsWith(`-${row.short}`)
    );
  const replaced = new Set(
    Object.entries(table).flatMap(([name, row]) =>
      row.group !== undefined && isTyped(row, flagName(name).slice(2)) ? [row.group] : []
    ),
  );
  const added: string[] = [];
  for (const [flag, value] of Object.entries(config)) {
    const name = names.get(flag);
    const row = name === undefined ? undefined : table[name];
    if (!row || flag === "config" || flag === "help" || flag === "version") {
      const near = nearest(flag, names.keys());
      throw new UsageError(
        `"${flag}" in ${file} is no option${near ? `, did you mean "${near}"?` : ""}`,
        "the names are those of the flags, without the dashes: resolution, source-timeout",
      );
    }
    const wins = isTyped(row, flag) || row.group !== undefined && replaced.has(row.group);
    if (!wins) added.push(...asArguments(flag, value, { file, takesValue: "value" in row }));
  }
  return [...added, ...args];
}

function asArguments(
  flag: string,
  value: unknown,
  { file, takesValue }: { file: string; takesValue: boolean },
): string[] {
  const values = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => {
    if (!takesValue && typeof one === "boolean") return one ? [`--${flag}`] : [];
    if (takesValue && (typeof one === "string" || typeof one === "number")) {
      return [`--${flag}=${one}`];
    }
    const wanted = takesValue ? "a text or a number" : "true or false";
    throw new UsageError(
      `"${flag}" in ${file} is ${JSON.stringify(one)}, wanted: ${wanted}`,
      "as it would be typed behind the flag",
    );
  });
}

function read(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (thrown) {
    const why = thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : messageOf(thrown);
    throw new UsageError(`Cannot read --config "${file}": ${why}`, "name a TOML or JSON file");
  }
  try {
    const isJson = text.trimStart().startsWith("{");
    const config: unknown = isJson ? JSON.parse(text) : parseToml(text);
    if (typeof config === "object" && config !== null) return config as Record<string, unknown>;
    throw new Error("no options are in it");
  } catch (thrown) {
    const [why] = messageOf(thrown).split("\n");
    throw new UsageError(`Cannot read --config "${file}": ${why}`, "wanted TOML, or JSON in { }");
  }
}
