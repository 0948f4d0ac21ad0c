/**
 * One table for a program's options. Parsing, `-h`, `--help` and docs/options.md come from it. An option
 * is a row; the help lists the rows in the order of the table.
 */

import { Failure } from "../log/failure.ts";
import { nearest } from "../log/nearest.ts";
import { shellQuote } from "../log/shell_quote.ts";
import { parseArgs } from "./parse_args.ts";

/** The command line is wrong. Ends the program with exit code 2. */
export class UsageError extends Failure {
  override name = "UsageError";
}

interface Row {
  readonly short?: string;
  readonly help: string;
  /** `-h` lists the option; `--help` lists every option. */
  readonly usual?: boolean;
  /** The option has no long name: `-h`. */
  readonly shortOnly?: boolean;
  /** Options with the same value exclude each other: one on the command line replaces those of a file. */
  readonly alternative?: string;
  /** A key of the configuration whose table is this option repeated: `controls = { gain = 3 }` is `--control gain=3`. */
  readonly asTable?: string;
}

/** An option that takes a value. */
interface ValueOption<T> extends Row {
  /** The name of the value in the help: `PORT`. */
  readonly value: string;
  /** Reads the text. Throws an `Error` whose message says what is expected. */
  readonly read: (text: string) => T;
  /** The value if the option is missing, and how the help shows it. */
  readonly fallback?: T;
  readonly shownFallback?: string;
  /** The option can be repeated: the values form a list. */
  readonly repeatable?: true;
  /** The value of the option without a value. The next argument is its value only if `read` accepts it. */
  readonly alone?: T;
  /** The separator of several values in one text, for the hint if the option is repeated. */
  readonly separator?: string;
}

/** An option without a value. */
type Flag = Row;

// deno-lint-ignore no-explicit-any -- the rows of one table have values of different types
export type Option = ValueOption<any> | Flag;

/** A program's options by name. `noPace` is written `--no-pace`. */
export type OptionTable = { readonly [name: string]: Option };

/** The options in groups, by the titles of the groups in the help. */
export type OptionGroups = { readonly [title: string]: OptionTable };

/** The parsed values of a table. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends ValueOption<infer V>
    ? T[K] extends { repeatable: true } ? V[]
    : T[K] extends { fallback: unknown } ? V
    : V | undefined
    : boolean;
};

/** Makes a row and infers the type of its value. */
export function option<T, const O extends Omit<ValueOption<T>, "read">>(
  row: O & { readonly read: (text: string) => T },
): O & { readonly read: (text: string) => T } {
  return row;
}

/** The long name of an option: `--no-pace` for `noPace`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** All names of an option, the short one first: `-p` and `--port`. */
export function flagNames(name: string, row: Option): string[] {
  return [...(row.short ? [`-${row.short}`] : []), ...(row.shortOnly ? [] : [flagName(name)])];
}

/**
 * Reads a command line. Throws a `UsageError` for an unknown option (with a suggestion), a missing or wrong
 * value, and a repeated option.
 */
export function parseOptions<T extends OptionTable>(
  args: string[],
  table: T,
  { program }: { program: string },
): { values: OptionValues<T>; positionals: string[] } {
  const byFlag = flagsOf(table);
  const takesValue = (row: Option): row is ValueOption<unknown> => "value" in row;
  const keys = [...byFlag].map(([flag, [, row]]) => [flag.replace(/^--?/, ""), row] as const);
  const typed = parseArgs(joinValues(args, byFlag), {
    string: ["_", ...keys.filter(([, row]) => takesValue(row)).map(([key]) => key)],
    boolean: keys.filter(([, row]) => !takesValue(row)).map(([key]) => key),
    collect: keys.filter(([, row]) => takesValue(row)).map(([key]) => key),
    unknown: (arg, key) => {
      if (key !== undefined) throw unknownFlag(arg, [...byFlag.keys()], program);
    },
  });

  const values: { [name: string]: unknown } = {};
  for (const [name, row] of Object.entries(table)) {
    const spellings = flagNames(name, row).map((flag) => flag.replace(/^--?/, ""));
    if (!takesValue(row)) {
      values[name] = spellings.some((key) => typed[key] === true);
      continue;
    }
    const texts = spellings.flatMap((key) => (typed[key] ?? []) as string[]);
    const read = texts.map((text) => readValue(text, name, row, program));
    if (row.repeatable) {
      values[name] = read;
    } else if (read.length > 1) {
      const { separator } = row;
      throw new UsageError(
        `${flagName(name)} is given ${read.length} times, wanted: once`,
        separator === undefined
          ? `give ${flagName(name)} only once`
          : `join them: ${flagName(name)} ${shellQuote(texts.join(separator))}`,
      );
    } else {
      values[name] = read.length === 1 ? read[0] : row.fallback;
    }
  }
  return { values: values as OptionValues<T>, positionals: typed._.map(String) };
}

/** The names of the options on a command line. Throws a `UsageError`. */
export function typedOptions(args: string[], table: OptionTable): Set<string> {
  return new Set(optionOrder(args, table));
}

/** The name of each option on a command line, in order; one that is repeated is there several times. Throws a `UsageError`. */
export function optionOrder(args: string[], table: OptionTable): string[] {
  const byFlag = flagsOf(table);
  const joined = joinValues(args, byFlag);
  const end = joined.indexOf("--");
  return (end < 0 ? joined : joined.slice(0, end)).flatMap((arg) =>
    byFlag.get(arg.startsWith("--") ? arg.replace(/=.*/s, "") : arg)?.[0] ?? []
  );
}

/** The rows by their flags, `--port` and `-p`. */
function flagsOf(table: OptionTable): Map<string, [name: string, row: Option]> {
  const byFlag = new Map<string, [name: string, row: Option]>();
  for (const [name, row] of Object.entries(table)) {
    for (const flag of flagNames(name, row)) byFlag.set(flag, [name, row]);
  }
  return byFlag;
}

/**
 * Writes `-p 80`, `-p80`, `-p=80` and `--port 80` as `--port=80`, so that a value can begin with a dash:
 * `--input-options "-framerate 15"`, `-i -`. Throws a `UsageError` if an option without a value has one.
 */
function joinValues(args: string[], byFlag: Map<string, [name: string, row: Option]>): string[] {
  const joined: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") return [...joined, ...args.slice(i)];
    // "--port", "--port=80", "-p", "-p80", "-p=80"
    const [, flag = "", rest] = /^(--[^=]+|-[a-zA-Z])(.+)?$/s.exec(arg) ?? [];
    const [name, row] = byFlag.get(flag) ?? [];
    if (name === undefined || row === undefined) {
      joined.push(arg);
    } else if ("value" in row) {
      // If the next argument is an option, the value is missing.
      const isNext = rest === undefined && !byFlag.has(args[i + 1] ?? "") &&
        !(row.alone !== undefined && !canRead(row, args[i + 1] ?? ""));
      const next = isNext ? args[++i] : undefined;
      joined.push(`${flagName(name)}=${rest?.replace(/^=/, "") ?? next ?? ""}`);
    } else if (rest?.startsWith("=")) {
      throw new UsageError(
        `${flag} is given a value, wanted: ${flag} alone`,
        `use ${flag} without "${rest}"`,
      );
    } else {
      joined.push(arg);
    }
  }
  return joined;
}

function canRead(row: ValueOption<unknown>, text: string): boolean {
  try {
    row.read(text);
    return true;
  } catch {
    return false; // it is another argument
  }
}

function readValue<T>(text: string, name: string, row: ValueOption<T>, program: string): T {
  if (text === "" && row.alone !== undefined) return row.alone;
  if (text === "") {
    throw new UsageError(
      `${flagName(name)} has no value, wanted: ${row.value}`,
      `see ./${program} --help`,
    );
  }
  try {
    return row.read(text);
  } catch (thrown) {
    throw new UsageError(
      `Cannot read ${flagName(name)} "${text}": ${(thrown as Error).message}`,
      `${flagName(name)}: ${row.help}`,
    );
  }
}

function unknownFlag(arg: string, flags: string[], program: string): UsageError {
  const typed = arg.replace(/=.*/s, "");
  // A single letter is similar to every other one. A prefix (--token) suggests the full names (--token-file).
  const longer = flags.filter((flag) => flag.startsWith(`${typed}-`));
  const near = typed.length <= 2 ? undefined : nearest(typed, flags);
  const meant = near ? [near] : typed.length <= 2 ? [] : longer;
  const quoted = meant.map((flag) => `"${flag}"`).join(" or ");
  return new UsageError(
    `Unknown option "${typed}"${quoted && `, did you mean ${quoted}?`}`,
    `./${program} --help lists all options`,
  );
}
