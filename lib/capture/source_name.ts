/** The name of a source for people. Pure. */

import type { Source } from "../ffmpeg/capture_arguments.ts";
import { withoutPassword } from "../log/redact_url.ts";

/** The source as the user named it, without a password: clients see this name. */
export function sourceName(source: Source): string {
  switch (source.kind) {
    case "device":
      return source.device;
    case "test":
      return "test picture";
    default:
      if (source.input === "pipe:0") return "stdin";
      return withoutPassword(source.input.replace(/^file:/, ""));
  }
}
