/**
 * One table for a program's options: from it come the parsing, the help and docs/options.md. An
 * option is a row; the table's order is the help's.
 */

import { Failure } from "../log/failure.ts";
import { nearest } from "../log/nearest.ts";
import { shellQuote } from "../log/shell_quote.ts";
import { parseArgs } from "./parse_args.ts";

/** What the user typed can't be meant so. Ends the program with exit code 2. */
export class UsageError extends Failure {
  override name = "UsageError";
}

interface Row {
  readonly short?: string;
  readonly help: string;
  /** Options of one group stand for each other: one that is typed replaces those of a file. */
  readonly group?: string;
}

/** An option that takes a value. */
interface ValueOption<T> extends Row {
  /** What stands for the value in the help: `PORT`. */
  readonly value: string;
  /** Reads the text; throws an `Error` whose message says what is wanted. */
  readonly read: (text: string) => T;
  /** The value where the option is not given, and how the help writes it. */
  readonly fallback?: T;
  readonly shownFallback?: string;
  /** May be given several times: the values make a list. */
  readonly repeatable?: true;
  /** The value where the option is given alone; what follows it is its value only if it can be read. */
  readonly alone?: T;
  /** What separates several values in one text: said where the option is given twice. */
  readonly separator?: string;
}

/** An option that is there or not. */
type Flag = Row;

// deno-lint-ignore no-explicit-any -- the rows of one table have values of different types
type Option = ValueOption<any> | Flag;

/** A program's options by name. `noPace` is written `--no-pace`. */
export type OptionTable = { readonly [name: string]: Option };

/** What parsing gives for a table. */
export type OptionValues<T extends OptionTable> = {
  readonly [K in keyof T]: T[K] extends ValueOption<infer V>
    ? T[K] extends { repeatable: true } ? V[]
    : T[K] extends { fallback: unknown } ? V
    : V | undefined
    : boolean;
};

/** Makes a row, so that its value's type is inferred. */
export function option<T, const O extends Omit<ValueOption<T>, "read">>(
  row: O & { readonly read: (text: string) => T },
): O & { readonly read: (text: string) => T } {
  return row;
}

/** `noPace` as it is typed: `--no-pace`. */
export function flagName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/**
 * Reads a command line. Throws a `UsageError` for an unknown flag (naming the nearest), a value that
 * is missing, one that can't be read, and an option given twice.
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
    const spellings = [flagName(name).slice(2), ...(row.short ? [row.short] : [])];
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
          ? "leave out all but one"
          : `join them: ${flagName(name)} ${shellQuote(texts.join(separator))}`,
      );
    } else {
      values[name] = read.length === 1 ? read[0] : row.fallback;
    }
  }
  return { values: values as OptionValues<T>, positionals: typed._.map(String) };
}

/** The names of the options that a command line gives. Throws a `UsageError`. */
export function typedOptions(args: string[], table: OptionTable): Set<string> {
  const byFlag = flagsOf(table);
  const joined = joinValues(args, byFlag);
  const end = joined.indexOf("--");
  return new Set(
    (end < 0 ? joined : joined.slice(0, end)).flatMap((arg) =>
      byFlag.get(arg.startsWith("--") ? arg.replace(/=.*/s, "") : arg)?.[0] ?? []
    ),
  );
}

/** The rows by their flags, `--port` and `-p`. */
function flagsOf(table: OptionTable): Map<string, [name: string, row: Option]> {
  const byFlag = new Map<string, [name: string, row: Option]>();
  for (const [name, row] of Object.entries(table)) {
    byFlag.set(flagName(name), [name, row]);
    if (row.short) byFlag.set(`-${row.short}`, [name, row]);
  }
  return byFlag;
}

/**
 * Writes `-p 80`, `-p80`, `-p=80` and `--port 80` as `--port=80`, so that what follows an option that
 * takes a value is its value whatever it begins with: `--input-options "-framerate 15"`, `-i -`.
 * Throws a `UsageError` where a flag is given a value.
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
      // An option right behind it is no value: that has been forgotten.
      const isNext = rest === undefined && !byFlag.has(args[i + 1] ?? "") &&
        !(row.alone !== undefined && !canRead(row, args[i + 1] ?? ""));
      const next = isNext ? args[++i] : undefined;
      joined.push(`${flagName(name)}=${rest?.replace(/^=/, "") ?? next ?? ""}`);
    } else if (rest?.startsWith("=")) {
      throw new UsageError(
        `${flag} is given a value, wanted: ${flag} alone`,
        "leave the value out",
      );
    } else {
      joined.push(arg);
    }
  }
  return joined;
}

/** The table as text: a line an option, defaults included. */
export function formatOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([name, row]) => {
    const value = !("value" in row)
      ? ""
      : row.alone === undefined
      ? ` ${row.value}`
      : ` [${row.value}]`;
    const flags = `${row.short ? `-${row.short}, ` : "    "}${flagName(name)}${value}`;
    const fallback = "value" in row ? row.shownFallback ?? row.fallback : undefined;
    return [flags, row.help + (fallback === undefined ? "" : ` (default: ${fallback})`)] as const;
  });
  const width = Math.max(...rows.map(([flags]) => flags.length));
  return rows.map(([flags, help]) => `  ${flags.padEnd(width)}  ${help}\n`).join("");
}

function canRead(row: ValueOption<unknown>, text: string): boolean {
  try {
    row.read(text);
    return true;
  } catch {
    return false; // another argument
  }
}

function readValue<T>(text: string, name: string, row: ValueOption<T>, program: string): T {
  if (text === "" && row.alone !== undefined) return row.alone;
  if (text === "") {
    throw new UsageError(
      `${flagName(name)} has no value, wanted: ${row.value}`,
      `./${program} --help explains it`,
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
  // -x is near to all of -y; what is cut short (--token) has its whole names (--token-file).
  const longer = flags.filter((flag) => flag.startsWith(`${typed}-`));
  const near = typed.length <= 2 ? undefined : nearest(typed, flags);
  const meant = near ? [near] : typed.length <= 2 ? [] : longer;
  const quoted = meant.map((flag) => `"${flag}"`).join(" or ");
  return new UsageError(
    `Unknown option "${typed}"${quoted && `, did you mean ${quoted}?`}`,
    `./${program} --help lists the options`,
  );
}
