/**
 * The keys of a TOML or JSON text and the lines they are on. The parsers do not tell the lines, and drop or
 * misreport a key that is given twice. Pure.
 */

/** A key: `["camera", "kitchen", "device"]`. */
export interface ConfigKey {
  readonly path: readonly string[];
  /** The line, from 1. */
  readonly line: number;
}

/** Whether the text is JSON. Anything else is TOML. */
export function isJson(text: string): boolean {
  return text.trimStart().startsWith("{");
}

/** The keys in the order of the text, tables included. Those of an inline table are left out. */
export function configKeys(text: string): ConfigKey[] {
  return [...(isJson(text) ? jsonKeys(text) : tomlKeys(text))];
}

/** The second of two equal keys; undefined if there is none. */
export function repeatedKey(keys: readonly ConfigKey[]): ConfigKey | undefined {
  const seen = new Set<string>();
  return keys.find(({ path }) => {
    const text = JSON.stringify(path);
    const isRepeated = seen.has(text);
    seen.add(text);
    return isRepeated;
  });
}

/** The line of a key, or that of the nearest table around it; undefined if neither is found. */
export function lineOfKey(
  keys: readonly ConfigKey[],
  path: readonly string[],
): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const found = keys[indexOfKey(keys, path.slice(0, length))];
    if (found) return found.line;
  }
  return undefined;
}

/** The position of a key, or of the first key in a table; -1 if it is not found. */
export function indexOfKey(keys: readonly ConfigKey[], path: readonly string[]): number {
  return keys.findIndex((key) => path.every((part, i) => part === key.path[i]));
}

/** A key of TOML: bare, or in quotes. */
const PART = `(?:[\\w-]+|"(?:[^"\\\\]|\\\\.)*"|'[^']*')`;
const PATH = `${PART}(?:\\s*\\.\\s*${PART})*`;
const HEADER = new RegExp(`^\\s*\\[\\s*(${PATH})\\s*\\]\\s*(?:#.*)?$`);
const ASSIGNMENT = new RegExp(`^\\s*(${PATH})\\s*=(.*)$`);

function* tomlKeys(text: string): Generator<ConfigKey> {
  let table: string[] = [];
  /** The quotes that end the text of several lines that a line is in. */
  let quotes: string | undefined;
  for (const [i, content] of text.split("\n").entries()) {
    const line = i + 1;
    if (quotes !== undefined) {
      if (content.includes(quotes)) quotes = undefined;
      continue;
    }
    const [, header] = HEADER.exec(content.trimEnd()) ?? [];
    const [, key, value = ""] = ASSIGNMENT.exec(content.trimEnd()) ?? [];
    if (header !== undefined) {
      table = tomlPath(header);
      yield { path: table, line };
    } else if (key !== undefined) {
      yield { path: [...table, ...tomlPath(key)], line };
      const [opened] = /"""|'''/.exec(value) ?? [];
      if (opened !== undefined && value.split(opened).length === 2) quotes = opened;
    }
  }
}

function tomlPath(text: string): string[] {
  return (text.match(new RegExp(PART, "g")) ?? []).map((part) => part.replace(/^["']|["']$/g, ""));
}

function* jsonKeys(text: string): Generator<ConfigKey> {
  /** The key of each object that is open; undefined for a list. */
  const open: (string | undefined)[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/"(?:[^"\\\n]|\\.)*"(?:\s*:)?|[{}[\]\n]/g)) {
    if (token === "{") open.push("");
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (token.endsWith(":") && open.at(-1) !== undefined) {
      open[open.length - 1] = token.replace(/"\s*:$/, "").slice(1);
      // A key in a list has no path.
      const path = open.flatMap((key) => key ?? []);
      if (path.length === open.length) yield { path, line };
    }
    line += token.split("\n").length - 1;
  }
}
