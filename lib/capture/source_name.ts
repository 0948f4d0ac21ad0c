/** How a source is named to people. Pure. */

import type { Source } from "../ffmpeg/capture_arguments.ts";

/** The source as the user named it, without a password: clients get to see it. */
export function sourceName(source: Source): string {
  switch (source.kind) {
    case "device":
      return source.device;
    case "test":
      return "test picture";
    default:
      return source.input === "pipe:0" ? "stdin" : withoutPassword(source.input);
  }
}

function withoutPassword(input: string): string {
  return input.replace(/^file:/, "").replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1");
}
