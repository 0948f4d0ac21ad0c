/**
 * Options from a TOML or JSON file, by the names of the flags. The command line takes precedence. A file becomes
 * arguments of the command line.
 *
 *     resolution = "320x240"
 *     loop = true
 *     output = ["a.gray", "b.gray"]
 */

import { messageOf } from "../log/failure.ts";
import { nearest } from "../log/nearest.ts";
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

/** The hint for a file that holds something else. */
const SYNTAX = 'write TOML (port = 8888) or JSON ({ "port": 8888 })';

/**
 * Reads a command line, and the file that its --config names. `given` has the names of the options that one of
 * them sets. Throws a `UsageError`, and a `Failure` if the file cannot be read.
 */
export function parseWithConfig<T extends OptionTable & { config: unknown }>(
  args: string[],
  table: T,
  control: { program: string },
): { values: OptionValues<T>; positionals: string[]; given: ReadonlySet<string> } {
  const typed = parseOptions(args, table, control);
  const { config } = typed.values as { config: string | undefined };
  if (config === undefined) return { ...typed, given: typedOptions(args, table) };
  const all = withConfig(args, config, table);
  return { ...parseOptions(all, table, control), given: typedOptions(all, table) };
}

/**
 * The options of `file`, without those that the command line sets, followed by the command line. Throws a `Failure`
 * if the file cannot be read, and a `UsageError` with file and line for an unknown option or a wrong value.
 */
export function withConfig(args: string[], file: string, table: OptionTable): string[] {
  const config = read(file);
  const names = new Map(
    Object.entries(table).filter(([, row]) => !row.shortOnly)
      .map(([name]) => [flagName(name).slice(2), name]),
  );
  const typed = typedOptions(args, table);
  const replaced = new Set([...typed].map((name) => table[name]?.alternative));
  const added: string[] = [];
  for (const [flag, value] of Object.entries(config.options)) {
    const place = placeOf(flag, config);
    const name = names.get(flag);
    const row = name === undefined ? undefined : table[name];
    if (name !== undefined && ["config", "help", "version"].includes(name)) {
      throw new UsageError(
        `${place}: "${flag}" can only be given on the command line`,
        `remove it from ${file}`,
      );
    }
    if (name === undefined || !row) {
      const near = nearest(`--${flag}`, names.keys().map((name) => `--${name}`))?.slice(2);
      throw new UsageError(
        `${place}: "${flag}" is not an option${near ? `, did you mean "${near}"?` : ""}`,
        "use the names of the options without the dashes, for example source-timeout",
      );
    }
    const given = asArguments(flag, value, { place, row });
    readAlone(given, name, { place, row });
    const wins = typed.has(name) || row.alternative !== undefined && replaced.has(row.alternative);
    if (!wins) added.push(...given);
  }
  return [...added, ...args];
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
      `${place}: "${flag}" is ${short(JSON.stringify(one))}, wanted: ${wanted}`,
      "write the value as on the command line",
    );
  });
}

/** A file that has been read. */
interface Config {
  readonly file: string;
  readonly text: string;
  readonly options: Record<string, unknown>;
}

/** Throws a `Failure` if the file cannot be read, a `UsageError` if it does not hold options. */
function read(file: string): Config {
  const failed = `Cannot read --config "${file}"`;
  const text = readSmallFile(file, failed, "name a TOML or JSON file");
  const isJson = text.trimStart().startsWith("{");
  let options: unknown;
  try {
    options = isJson ? JSON.parse(text) : parseToml(text);
  } catch (thrown) {
    const message = messageOf(thrown);
    const line = lineOfError(message, text);
    const place = line === undefined ? failed : `${failed}, line ${line}`;
    throw new UsageError(`${place}: ${short(reasonOf(message))}`, SYNTAX);
  }
  if (typeof options === "object" && options !== null) {
    return { file, text, options: options as Record<string, unknown> };
  }
  throw new UsageError(`${failed}: it contains no options`, SYNTAX);
}

/** The line that a parser names, directly or as a position. A text that ends too early has its last line. */
function lineOfError(message: string, text: string): number | undefined {
  const [, line] = /\bline (\d+)/.exec(message) ?? [];
  if (line !== undefined) return Number(line);
  const [, position] = /\bposition (\d+)/.exec(message) ?? [];
  if (position !== undefined) return text.slice(0, Number(position)).split("\n").length;
  return /end of/i.test(message) ? text.trimEnd().split("\n").length : undefined;
}

/** A parser's reason without its place and without the text of the line. */
function reasonOf(message: string): string {
  const [why = ""] = message.replace(/^Parse error on line \d+, column \d+: /, "").split("\n");
  const plain = why
    .replace(/ (in JSON )?at position \d+.*$/, "")
    .replace(/ on line '.*$/, "")
    .replace(/[:.]$/, "");
  return plain.charAt(0).toLowerCase() + plain.slice(1);
}

/** The place of a key: `"file.toml", line 3`, or only the file if the key is not found. */
function placeOf(key: string, { file, text }: Config): string {
  const word = key.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const patterns = text.trimStart().startsWith("{")
    ? [`"${word}"\\s*:`]
    : [`^\\s*["']?${word}["']?\\s*[=.]`, `^\\s*\\[+\\s*["']?${word}["']?\\s*[\\].]`];
  const line = text.split("\n").findIndex((line) =>
    patterns.some((pattern) => new RegExp(pattern).test(line))
  );
  return line < 0 ? `"${file}"` : `"${file}", line ${line + 1}`;
}

/** At most the first 80 characters. */
function short(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
