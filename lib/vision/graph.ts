/**
 * A filter graph as text, written as ffmpeg writes one: `equalize,faces=scale=1.2:min=40,rotate=90`.
 * Items are parted by commas, their options by colons; an option without a name is the next in the
 * table's order. Quotes ('a,b') and a backslash keep a comma or colon from parting.
 *
 * In a path of Windows' kind a backslash is a backslash: an item that begins with `C:\`, `C:/`, `.\`, `..\` or
 * `\\`, up to its `=`, and an option's value that begins with `C:\`, `C:/` or as `.\a`, up to the next colon. No
 * filter has such a name, and there is no need to escape a letter.
 */

import { nearest } from "../log/nearest.ts";
import type { ParameterTable } from "./filter.ts";

/** One item: a built-in filter by name with typed options, or the user's own by path. */
export type GraphItem =
  | { readonly kind: "built-in"; readonly name: string; readonly options: Options }
  | { readonly kind: "own"; readonly path: string; readonly options: Options };

/** Options by name: typed for a built-in filter, text for the user's own. */
export type Options = { readonly [name: string]: unknown };

/** What a graph's items are looked up in. */
type Definitions = readonly { readonly name: string; readonly parameters: ParameterTable }[];

/** Reads a graph. Throws an `Error` that names the nearest and the valid ones. */
export function parseGraph(text: string, definitions: Definitions): GraphItem[] {
  return split(quoteWindowsPaths(text), ",").map((item) => {
    const [name = "", ...rest] = split(item, "=");
    const options = split(rest.join("="), ":").filter((part) => part !== "");
    const plain = unquote(name.trim());
    if (/^(?:\.{0,2}\/|[A-Za-z]:[\\/]|\.{1,2}\\|\\\\).*\.m?js$/.test(plain)) {
      return { kind: "own", path: plain, options: ownOptions(options) };
    }
    if (/\.m?js$/.test(plain)) {
      const typed = name.trim();
      const wanted = /\\\w/.test(typed) ? `.\\${typed.replace(/^\\/, "")}` : `./${plain}`;
      throw new Error(`a module's path begins with ./ or /, wanted: ${wanted}`);
    }
    const definition = definitions.find((candidate) => candidate.name === plain);
    if (!definition) throw unknown("filter", plain, definitions.map(({ name }) => name));
    return {
      kind: "built-in",
      name: plain,
      options: readOptions(plain, options, definition.parameters),
    };
  });
}

function readOptions(filter: string, parts: string[], table: ParameterTable): Options {
  const names = Object.keys(table);
  const options: { [name: string]: unknown } = {};
  for (const [name, { fallback }] of Object.entries(table)) options[name] = fallback;
  parts.forEach((part, position) => {
    const [first = "", ...rest] = split(part, "=");
    const named = rest.length > 0;
    const name = named ? unquote(first.trim()) : names[position];
    const parameter = name === undefined ? undefined : table[name];
    if (name === undefined || !parameter) {
      throw unknown(`parameter of "${filter}"`, name ?? unquote(first), names);
    }
    const value = unquote(named ? rest.join("=") : first);
    try {
      options[name] = parameter.read(value);
    } catch (thrown) {
      throw new Error(`${filter}: ${name} is "${value}", ${(thrown as Error).message}`);
    }
  });
  return options;
}

/** A module's own options: text, by name; one without a name is `true`. */
function ownOptions(parts: string[]): Options {
  return Object.fromEntries(parts.map((part) => {
    const [name = "", ...rest] = split(part, "=");
    return [unquote(name.trim()), rest.length > 0 ? unquote(rest.join("=")) : true];
  }));
}

function unknown(what: string, name: string, valid: string[]): Error {
  const near = nearest(name, valid);
  const guess = near ? `, did you mean "${near}"?` : "";
  const list = valid.length > 0 ? valid.join(", ") : "none";
  return new Error(`unknown ${what}: "${name}"${guess} (there are: ${list})`);
}

/** At the beginning of an item, and of an option's value. */
const WINDOWS_ITEM = /\s*(?:[A-Za-z]:[\\/]|\.{1,2}\\|\\\\)[^,=']*/y;
const WINDOWS_VALUE = /(?:[A-Za-z]:[\\/]|\.{1,2}\\\w)[^,:']*/y;

/** The graph with its paths of Windows' kind in quotes. */
function quoteWindowsPaths(text: string): string {
  let result = "";
  let quoted = false;
  let path: RegExp | undefined = WINDOWS_ITEM;
  for (let i = 0; i < text.length;) {
    if (path) {
      path.lastIndex = i;
      const [found = ""] = path.exec(text) ?? [];
      if (found) result += `'${found.trim()}'`;
      i += found.length;
      path = undefined;
      continue;
    }
    const escaped = text[i] === "\\" && !quoted;
    const letter = text.slice(i, i + (escaped ? 2 : 1));
    if (letter === "'") quoted = !quoted;
    if (letter === "," && !quoted) path = WINDOWS_ITEM;
    if (letter === "=" && !quoted) path = WINDOWS_VALUE;
    result += letter;
    i += letter.length;
  }
  return result;
}

/** Splits at a mark that is neither quoted nor escaped; quotes and escapes stay in the parts. */
function split(text: string, mark: string): string[] {
  const parts = [""];
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? "";
    if (letter === "'") quoted = !quoted;
    if (letter === mark && !quoted) {
      parts.push("");
      continue;
    }
    parts[parts.length - 1] += letter;
    if (letter === "\\" && !quoted) parts[parts.length - 1] += text[++i] ?? "";
  }
  if (quoted) throw new Error("a quote is not closed");
  return parts;
}

function unquote(text: string): string {
  return text.replace(/'([^']*)'|\\(.)/gs, (_, quoted, escaped) => quoted ?? escaped);
}
