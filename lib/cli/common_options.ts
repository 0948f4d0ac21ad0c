/** What both programs' command lines share. */

import denoJson from "../../deno.json" with { type: "json" };
import { LOG_LEVELS, type LogLevel } from "./console_log.ts";
import { type Control } from "./run_main.ts";
import { formatOptions, option, type OptionTable } from "./option_table.ts";
import { oneOf } from "./readers.ts";

/** The version of both programs. */
export const VERSION = denoJson.version;

/** The rows at the end of both tables. */
export const commonOptions = {
  logLevel: option({
    value: "LEVEL",
    help: `how much is said: ${LOG_LEVELS.join(", ")}`,
    read: oneOf(...LOG_LEVELS),
    fallback: "info" satisfies LogLevel as LogLevel,
  }),
  help: { short: "h", help: "print this and end" },
  version: { short: "V", help: "print the version and end" },
};

/** A program's help, from its table. */
export function formatHelp(intro: string, table: OptionTable, examples: string[]): string {
  const lines = examples.map((example) => `  ${example}\n`).join("");
  return `${intro}\n\nOptions:\n${formatOptions(table)}\nExamples:\n${lines}`;
}

/** Does what --help, --version and --log-level ask for. Returns whether the program is to go on. */
export function applyCommonOptions(
  values: { logLevel: LogLevel; help: boolean; version: boolean },
  { log }: Control,
  { program, help }: { program: string; help: string },
): boolean {
  log.level = values.logLevel;
  if (values.help) console.log(help.trimEnd());
  else if (values.version) console.log(`framewire ${program} ${VERSION}`);
  return !values.help && !values.version;
}
