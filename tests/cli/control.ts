/** What the options' readers are given in tests. */

import { ConsoleLog } from "../../lib/cli/console_log.ts";
import type { Control } from "../../lib/cli/run_main.ts";

/** A control that nobody aborts, with a log that says nothing unless it is told to. */
export function quietControl(): Control {
  const { signal } = new AbortController();
  return { signal, stop: () => {}, interrupt: () => {}, log: new ConsoleLog() };
}

/** What `run` prints on stdout. */
export function printedBy(run: () => void): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(line);
  try {
    run();
  } finally {
    console.log = log;
  }
  return lines.join("\n");
}
