/** The options of both programs. */

import denoJson from "../../deno.json" with { type: "json" };
import { type GraphItem, parseGraph } from "../vision/graph.ts";
import { moduleUrl } from "../vision/module_url.ts";
import { definitions, listFilters, reportsBoxes } from "../vision/registry.ts";
import { LOG_FORMATS, LOG_LEVELS, type LogFormat, type LogLevel } from "./console_log.ts";
import { type Control } from "./run_main.ts";
import { checkTracked } from "../vision/tracking/tracked_graph.ts";
import { formatBriefHelp, formatHelp, type HelpText } from "./help.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { print } from "./print.ts";
import { oneOf, text } from "./readers.ts";

/** The version of both programs. */
export const VERSION = denoJson.version;

/** The value of `--filter list`. */
const LIST: readonly GraphItem[] = [];

/** The option of both programs for filters. */
export const filterOption = {
  filter: option({
    value: "GRAPH",
    help: "process each frame, for example faces=scale=1.2:min=40,edges; --filter list lists the " +
      "filters",
    read: readFilter,
    separator: ",",
    usual: true,
  }),
};

/** Reads a graph. Paths of the user's own modules become URLs, relative to the current directory. */
function readFilter(text: string): readonly GraphItem[] {
  if (text === "list") return LIST;
  const graph = parseGraph(text, definitions);
  checkTracked(graph, reportsBoxes);
  return graph.map((item) =>
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

/** The options at the end of both tables. */
export const commonOptions = {
  logLevel: option({
    value: LOG_LEVELS.join("|"),
    help: "print messages of this level and above",
    read: oneOf(...LOG_LEVELS),
    fallback: "info" satisfies LogLevel as LogLevel,
  }),
  logFormat: option({
    value: LOG_FORMATS.join("|"),
    help: "print messages as text or as JSON lines",
    read: oneOf(...LOG_FORMATS),
    fallback: "text" satisfies LogFormat as LogFormat,
  }),
  config: option({
    value: "FILE",
    help: "read options from a TOML or JSON file; the command line takes precedence",
    read: text,
  }),
  briefHelp: {
    short: "h",
    shortOnly: true,
    help: "print the common options and exit",
    usual: true,
  },
  help: { help: "print all options and exit", usual: true },
  version: { short: "V", help: "print the version and exit" },
};

/** Applies --log-level and --log-format, and prints what --help, --version or --filter list ask for. Returns whether the program continues. */
export function applyCommonOptions(
  values: OptionValues<typeof commonOptions & typeof filterOption>,
  { log }: Pick<Control, "log">,
  help: HelpText,
): boolean {
  log.level = values.logLevel;
  log.format = values.logFormat;
  const text = values.help
    ? formatHelp(help)
    : values.briefHelp
    ? formatBriefHelp(help)
    : values.version
    ? `framewire ${help.program} ${VERSION}\n`
    : values.filter === LIST
    ? listFilters()
    : undefined;
  if (text !== undefined) print(text);
  return text === undefined;
}
