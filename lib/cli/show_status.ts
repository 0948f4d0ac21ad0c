/** Updates the status line. */

import { abortedOr } from "../async/aborted.ts";
import type { ConsoleLog } from "./console_log.ts";

const INTERVAL_MS = 1000;

/** Shows `line()` once a second until `until` or abort. Without a terminal it shows nothing. */
export async function showStatus(
  log: ConsoleLog,
  line: () => string,
  { until, signal }: { until: Promise<void>; signal: AbortSignal },
): Promise<void> {
  if (!log.interactive) return;
  const timer = setInterval(() => log.status(line()), INTERVAL_MS);
  await abortedOr(until, signal);
  clearInterval(timer);
  log.status("");
}
