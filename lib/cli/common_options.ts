/** What both programs' command lines share. */

import denoJson from "../../deno.json" with { type: "json" };
import { type GraphItem, parseGraph } from "../vision/graph.ts";
import { moduleUrl } from "../vision/module_url.ts";
import { definitions, listFilters } from "../vision/registry.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./console_log.ts";
import { type Control } from "./run_main.ts";
import { formatOptions, option, type OptionTable, UsageError } from "./option_table.ts";
import { oneOf, text } from "./readers.ts";

/** The version of both programs. */
export const VERSION = denoJson.version;

/** What `--filter list` reads as: no graph, the list is wanted. */
const LIST: readonly GraphItem[] = [];

/** The row of both tables that names the filters. */
export const filterOption = {
  filter: option({
    value: "GRAPH",
    help: "process each frame, as in faces=scale=1.2:min=40,edges; list lists the filters",
    read: readFilter,
    separator: ",",
  }),
};

/** Reads a graph; the user's own modules become URLs, seen from here. */
function readFilter(text: string): readonly GraphItem[] {
  if (text === "list") return LIST;
  return parseGraph(text, definitions).map((item) =>
    item.kind === "own" ? { ...item, path: moduleUrl(item.path, Deno.cwd()) } : item
  );
}

/**
 * Throws a `UsageError` for a filter among the positional arguments, as in `--filter faces edges`: filters
 * are joined with commas.
 */
export function checkFilterArguments(
  args: string[],
  positionals: string[],
): void {
  const isFilter = (text: string) =>
    definitions.some(({ name }) => name === text.replace(/=.*/s, "")) ||
    /^\.{0,2}\/.*\.js(=|$)/.test(text);
  const stray = positionals.find(isFilter);
  const at = args.findIndex((arg) => /^--filter(=|$)/.test(arg));
  if (stray === undefined || at < 0) return;
  const graph = /^--filter=(.+)/s.exec(args[at] ?? "")?.[1] ?? args[at + 1] ?? "";
  throw new UsageError(
    `Unexpected argument "${stray}": filters are joined with commas`,
    `--filter ${[graph, ...positionals.filter(isFilter)].join(",")}`,
  );
}

/** The rows at the end of both tables. */
export const commonOptions = {
  logLevel: option({
    value: "LEVEL",
    help: `how much is said: ${LOG_LEVELS.join(", ")}`,
    read: oneOf(...LOG_LEVELS),
    fallback: "info" satisfies LogLevel as LogLevel,
  }),
  logFormat: option({
    value: LOG_FORMATS.join("|"),
    help: "lines for people, or JSON lines for programs",
    read: oneOf(...LOG_FORMATS),
    fallback: "text" satisfies LogFormat as LogFormat,
  }),
  config: option({
    value: "FILE",
    help: "options from a TOML or JSON file, by the names of the flags; what is typed wins",
    read: text,
    shownFallback: "none",
  }),
  help: { short: "h", help: "print this and end" },
  version: { short: "V", help: "print the version and end" },
};

/** A program's help, from its table. */
export function formatHelp(intro: string, table: OptionTable, examples: string[]): string {
  const lines = examples.map((example) => `  ${example}\n`).join("");
  return `${intro}\n\nOptions:\n${formatOptions(table)}\nExamples:\n${lines}`;
}

/** Does what --help, --version, --filter list, --log-level and --log-format ask for. Returns whether the program is to go on. */
export function applyCommonOptions(
  values: {
    logLevel: LogLevel;
    logFormat: LogFormat;
    help: boolean;
    version: boolean;
    filter: readonly GraphItem[] | undefined;
  },
  { log }: Control,
  { program, help }: { program: string; help: string },
): boolean {
  log.level = values.logLevel;
  log.format = values.logFormat;
  if (values.help) console.log(help.trimEnd());
  else if (values.version) console.log(`framewire ${program} ${VERSION}`);
  else if (values.filter === LIST) console.log(listFilters().trimEnd());
  return !values.help && !values.version && values.filter !== LIST;
}
