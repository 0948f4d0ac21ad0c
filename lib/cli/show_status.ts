/** The status line, once a second. */

import { abortedOr } from "../async/aborted.ts";
import type { ConsoleLog } from "./console_log.ts";

/** How often the line is written anew, in milliseconds. */
const INTERVAL = 1000;

/** Shows `line()` once a second until `until`, or on abort. Nothing where there is no terminal. */
export async function showStatus(
  log: ConsoleLog,
  line: () => string,
  { until, signal }: { until: Promise<void>; signal: AbortSignal },
): Promise<void> {
  if (!log.interactive) return;
  const timer = setInterval(() => log.status(line()), INTERVAL);
  await abortedOr(until, signal);
  clearInterval(timer);
  log.status("");
}
