/** The status line, once a second. */

import type { Latest } from "../frame/latest.ts";
import type { ConsoleLog } from "./console_log.ts";

/** How often the line is written anew, in milliseconds. */
const INTERVAL = 1000;

/** Shows `line()` once a second until the frames end, or on abort. Nothing where there is no terminal. */
export async function showStatus(
  log: ConsoleLog,
  line: () => string,
  { until, signal }: { until: Latest<unknown>; signal: AbortSignal },
): Promise<void> {
  if (!log.interactive) return;
  const timer = setInterval(() => log.status(line()), INTERVAL);
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (signal.aborted) resolve();
  await Promise.race([until.ended, promise]);
  clearInterval(timer);
  log.status("");
}
