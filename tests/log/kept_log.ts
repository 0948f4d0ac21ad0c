/** A log that keeps its lines, by level. */

import type { Log } from "../../lib/log/log.ts";

export function keptLog(): Record<"error" | "warn" | "info", string[]> & { log: Log } {
  const lines = { error: [] as string[], warn: [] as string[], info: [] as string[] };
  const log = {
    error: (line: string) => void lines.error.push(line),
    warn: (line: string) => void lines.warn.push(line),
    info: (line: string) => void lines.info.push(line),
    debug: () => {},
  };
  return { ...lines, log };
}
