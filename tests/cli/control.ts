/** What tests give to `readServerOptions` and `readClientOptions`. */

import { ConsoleLog } from "../../lib/cli/console_log.ts";
import type { Control } from "../../lib/cli/run_main.ts";

/** A control that is never aborted. */
export function quietControl(): Control {
  const { signal } = new AbortController();
  return { signal, stop: () => {}, interrupt: () => {}, log: new ConsoleLog() };
}

/** A control whose log keeps its warnings in `warnings`. */
export function warnedControl(): Control & { readonly warnings: string[] } {
  const warnings: string[] = [];
  const control = quietControl();
  control.log.warn = (line) => warnings.push(line);
  return { ...control, warnings };
}

/** What `run` prints on stdout. */
export function printedBy(run: () => void): string {
  const decoder = new TextDecoder();
  let printed = "";
  Deno.stdout.writeSync = (bytes) => {
    printed += decoder.decode(bytes, { stream: true });
    return bytes.length;
  };
  try {
    run();
  } finally {
    Reflect.deleteProperty(Deno.stdout, "writeSync"); // what is left is the method of its class
  }
  return printed;
}
