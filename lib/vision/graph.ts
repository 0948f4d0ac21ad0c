/**
 * Parses a filter graph, in ffmpeg's syntax: `equalize,faces=scale=1.2:min=40,rotate=90`. Commas separate
 * items, colons separate options; an option without a name has the name at its position in the parameter
 * table. Quotes ('a,b') and a backslash escape a comma or colon.
 *
 * In a Windows path a backslash is not an escape. A Windows path is an item that begins with `C:\`, `C:/`, `.\`,
 * `..\` or `\\`, up to its `=`; or an option's value that begins with `C:\`, `C:/` or with `.\` and a letter, up
 * to the next colon. This is not ambiguous: no filter has such a name, and letters need no escape.
 */

import { nearest } from "../log/nearest.ts";
import type { ParameterTable } from "./filter.ts";

/** One item: a built-in filter by name with typed options, or the user's own by path. */
export type GraphItem =
  | { readonly kind: "built-in"; readonly name: string; readonly options: Options }
  | { readonly kind: "own"; readonly path: string; readonly options: Options };

/** Options by name: typed for a built-in filter, text for the user's own. */
export type Options = { readonly [name: string]: unknown };

/** The known filters, by name. */
type Definitions = readonly { readonly name: string; readonly parameters: ParameterTable }[];

/** Parses a graph. Throws an `Error` that lists the valid names and suggests the nearest. */
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
      const expected = /\\\w/.test(typed) ? `.\\${typed.replace(/^\\/, "")}` : `./${plain}`;
      throw new Error(`a module's path begins with ./ or /, expected: ${expected}`);
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

/** The options of a user's module: text by name; an option without a value is `true`. */
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
  return new Error(`unknown ${what}: "${name}"${guess} (available: ${list})`);
}

/** A Windows path at the start of an item, and at the start of an option's value. */
const WINDOWS_ITEM = /\s*(?:[A-Za-z]:[\\/]|\.{1,2}\\|\\\\)[^,=']*/y;
const WINDOWS_VALUE = /(?:[A-Za-z]:[\\/]|\.{1,2}\\\w)[^,:']*/y;

/** Puts quotes around the Windows paths of a graph. */
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

/** Splits at each mark that is not quoted or escaped. Quotes and escapes stay in the parts. */
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
