/** Reads a configuration file, TOML or JSON: its values, and the places of its keys for messages. */

import { messageOf } from "../log/failure.ts";
import { configKeys, indexOfKey, isJson, lineOfKey, repeatedKey } from "./config_keys.ts";
import { UsageError } from "./option_table.ts";
import { parseToml } from "./parse_toml.ts";
import { readSmallFile } from "./small_file.ts";

/** The hint for a file that holds something else. */
const SYNTAX = 'write TOML (port = 8888) or JSON ({ "port": 8888 })';

/** A value with keys: a table of TOML, an object of JSON. */
export type ConfigTable = { readonly [key: string]: unknown };

/** A file that has been read. */
export interface ConfigText {
  readonly file: string;
  readonly values: ConfigTable;
  /** The keys of a table in the order of the file, in which the parsers do not always give them. */
  keysOf(path: readonly string[], table: ConfigTable): string[];
  /** The place of a key: `"file.toml", line 3`, or only the file if the key is not found. */
  placeOf(path: readonly string[]): string;
}

/** Throws a `Failure` if the file cannot be read, a `UsageError` if it is not a table of options. */
export function readConfigText(file: string): ConfigText {
  const failed = `Cannot read --config "${file}"`;
  const text = readSmallFile(file, failed, "name a TOML or JSON file");
  const keys = configKeys(text);
  const placeOf = (path: readonly string[]) => {
    const line = lineOfKey(keys, path);
    return line === undefined ? `"${file}"` : `"${file}", line ${line}`;
  };
  const repeated = repeatedKey(keys);
  if (repeated) throw repeatedError(repeated.path, `"${file}", line ${repeated.line}`);
  let values: unknown;
  try {
    values = isJson(text) ? JSON.parse(text) : parseToml(text);
  } catch (thrown) {
    const message = messageOf(thrown);
    const line = lineOfError(message, text);
    const place = line === undefined ? failed : `${failed}, line ${line}`;
    throw new UsageError(`${place}: ${shorten(reasonOf(message))}`, SYNTAX);
  }
  if (!isConfigTable(values)) throw new UsageError(`${failed}: it contains no options`, SYNTAX);
  const keysOf = (path: readonly string[], table: ConfigTable) => {
    const at = (key: string) => indexOfKey(keys, [...path, key]);
    return Object.keys(table).sort((a, b) => at(a) - at(b));
  };
  return { file, values, keysOf, placeOf };
}

/** Whether a value has keys. */
export function isConfigTable(value: unknown): value is ConfigTable {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** At most the first 80 characters. */
export function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}

function repeatedError(path: readonly string[], place: string): UsageError {
  const [first, name] = path;
  if (first === "camera" && path.length === 2) {
    return new UsageError(`${place}: Two cameras are named "${name}"`, "rename one of them");
  }
  return new UsageError(`${place}: "${path.at(-1)}" is given twice`, "remove one of them");
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
