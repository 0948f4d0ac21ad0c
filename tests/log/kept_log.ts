/** A log that keeps its lines, by level. */

import type { Log } from "../../lib/log/log.ts";

type Level = "error" | "warn" | "info" | "debug";

export function keptLog(): Record<Level, string[]> & { log: Log } {
  const lines: Record<Level, string[]> = { error: [], warn: [], info: [], debug: [] };
  const log = {
    error: (line: string) => void lines.error.push(line),
    warn: (line: string) => void lines.warn.push(line),
    info: (line: string) => void lines.info.push(line),
    debug: (line: string) => void lines.debug.push(line),
  };
  return { ...lines, log };
}
