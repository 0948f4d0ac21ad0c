/**
 * Options from a TOML or JSON file, by the names of the flags. The command line takes precedence. A file becomes
 * arguments of the command line.
 *
 *     resolution = "320x240"
 *     loop = true
 *     output = ["a.gray", "b.gray"]
 */

import { nearest } from "../log/nearest.ts";
import { type ConfigTable, type ConfigText, readConfigText, shorten } from "./config_text.ts";
import {
  flagName,
  optionOrder,
  type OptionTable,
  type OptionValues,
  parseOptions,
  typedOptions,
  UsageError,
} from "./option_table.ts";

/** A command line with the options of its file. */
export interface ParsedOptions<T extends OptionTable> {
  readonly values: OptionValues<T>;
  readonly positionals: string[];
  /** The names of the options that the command line or the file sets. */
  readonly given: ReadonlySet<string>;
  /** The names of the options that the command line sets. */
  readonly typed: ReadonlySet<string>;
  /** One name for each option that is given, in order. */
  readonly order: readonly string[];
  readonly config: ConfigText | undefined;
}

/**
 * Reads a command line, and the file that its --config names. `tables` is the key of the file that is not an
 * option. Throws a `UsageError`, and a `Failure` if the file cannot be read.
 */
export function parseWithConfig<T extends OptionTable & { config: unknown }>(
  args: string[],
  table: T,
  { program, tables }: { program: string; tables?: string },
): ParsedOptions<T> {
  const typed = typedOptions(args, table);
  const first = parseOptions(args, table, { program });
  const { config: file } = first.values as { config: string | undefined };
  if (file === undefined) {
    return { ...first, given: typed, typed, order: optionOrder(args, table), config: undefined };
  }
  const config = readConfigText(file);
  const all = withOptions(args, config, { table, tables });
  const order = optionOrder(all, table);
  return {
    ...parseOptions(all, table, { program }),
    ...{ given: new Set(order), typed, order, config },
  };
}

/**
 * The options of `file`, without those that the command line sets, followed by the command line. Throws a `Failure`
 * if the file cannot be read, and a `UsageError` with file and line for an unknown option or a wrong value.
 */
export function withConfig(args: string[], file: string, table: OptionTable): string[] {
  return withOptions(args, readConfigText(file), { table, tables: undefined });
}

function withOptions(
  args: string[],
  config: ConfigText,
  { table, tables }: { table: OptionTable; tables: string | undefined },
): string[] {
  const typed = typedOptions(args, table);
  const replaced = new Set([...typed].map((name) => table[name]?.alternative));
  const options = Object.fromEntries(
    Object.entries(config.values).filter(([key]) => key !== tables),
  );
  const added: string[] = [];
  for (const [name, given] of readConfigOptions(options, { config, path: [], table })) {
    const alternative = table[name]?.alternative;
    const wins = typed.has(name) || alternative !== undefined && replaced.has(alternative);
    if (!wins) added.push(...given);
  }
  return [...added, ...args];
}

/** The options that a file can't set. */
const TYPED_ONLY = ["config", "check", "help", "version"];

/**
 * The options of one table of a file by their names, as arguments. `refuse` is called for a key that is not one of
 * them. Throws a `UsageError` with file and line.
 */
export function readConfigOptions(
  options: ConfigTable,
  { config, path, table, refuse }: {
    readonly config: ConfigText;
    readonly path: readonly string[];
    readonly table: OptionTable;
    readonly refuse?: (key: string, place: string) => void;
  },
): Map<string, string[]> {
  const names = new Map(
    Object.entries(table).filter(([, row]) => !row.shortOnly).flatMap(([name, { asTable }]) =>
      [
        [flagName(name).slice(2), name],
        ...(asTable === undefined ? [] : [[asTable, name]]),
      ] as [string, string][]
    ),
  );
  const read = new Map<string, string[]>();
  for (const [key, value] of Object.entries(options)) {
    const place = config.placeOf([...path, key]);
    const name = names.get(key);
    const row = name === undefined ? undefined : table[name];
    if (TYPED_ONLY.includes(key) && (name !== undefined || refuse)) {
      throw new UsageError(
        `${place}: "${key}" can only be given on the command line`,
        `remove it from ${config.file}`,
      );
    }
    if (name === undefined || !row) {
      refuse?.(key, place);
      const near = nearest(`--${key}`, names.keys().map((name) => `--${name}`))?.slice(2);
      throw new UsageError(
        `${place}: "${key}" is not an option${near ? `, did you mean "${near}"?` : ""}`,
        "use the names of the options without the dashes, for example source-timeout",
      );
    }
    const given = key === row.asTable
      ? asRepeated(flagName(name), value, place)
      : asArguments(key, value, { place, row });
    readAlone(given, name, { place, row });
    read.set(name, given);
  }
  return read;
}

/** Reads a single option, so that an error names its place. */
function readAlone(
  args: string[],
  name: string,
  { place, row }: { place: string; row: OptionTable[string] },
): void {
  try {
    parseOptions(args, { [name]: row }, { program: "" });
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    throw new UsageError(`${place}: ${thrown.message}`, thrown.hint);
  }
}

/** A table as an option that is repeated, `--control=gain=3` for `controls = { gain = 3 }`. */
function asRepeated(flag: string, value: unknown, place: string): string[] {
  const isTable = typeof value === "object" && value !== null && !Array.isArray(value);
  const entries = isTable ? Object.entries(value) : [];
  const isSetting = ([, one]: [string, unknown]) =>
    ["string", "number", "boolean"].includes(typeof one);
  if (!isTable || !entries.every(isSetting)) {
    throw new UsageError(
      `${place}: wanted a table of names and values`,
      "for example controls = { exposure_time_absolute = 200 }",
    );
  }
  return entries.map(([name, one]) =>
    `${flag}=${name}=${typeof one === "boolean" ? Number(one) : one}`
  );
}

function asArguments(
  flag: string,
  value: unknown,
  { place, row }: { place: string; row: OptionTable[string] },
): string[] {
  const takesValue = "value" in row;
  const mayBeAlone = !takesValue || row.alone !== undefined;
  // A list becomes several options if the option is repeatable, otherwise one value with commas.
  const list = Array.isArray(value) ? value : [value];
  const isOne = takesValue && !row.repeatable && list.length > 1 &&
    list.every((one) => typeof one === "string" || typeof one === "number");
  const values = isOne ? [list.join(",")] : list;
  return values.flatMap((one) => {
    if (mayBeAlone && typeof one === "boolean") return one ? [`--${flag}`] : [];
    if (takesValue && (typeof one === "string" || typeof one === "number")) {
      return [`--${flag}=${one}`];
    }
    const wanted = takesValue ? "a text or a number" : "true or false";
    throw new UsageError(
      `${place}: "${flag}" is ${shorten(JSON.stringify(one))}, wanted: ${wanted}`,
      takesValue
        ? "write the value as on the command line"
        : `write ${flag} = true, without quotes`,
    );
  });
}
