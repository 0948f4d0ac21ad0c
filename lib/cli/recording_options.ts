/** The client's options for what it records, passes on, and starts. */

import { streamScheme } from "../ffmpeg/output_arguments.ts";
import type { GraphItem } from "../vision/graph.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { integer, oneOf, positive, words } from "./readers.ts";

/** Filters whose finds can begin a record. */
const FINDERS = ["motion", "faces", "eyes", "people"] as const;

export const recordingOptions = {
  output: option({
    short: "o",
    value: "FILE_OR_URL",
    help:
      "record: .mp4 .mkv .webm .avi .y4m, .png .jpg (%06d), else raw gray bytes; - is stdout; " +
      "or pass on: rtmp:// rtsp:// srt:// udp:// http:// icecast://; repeatable",
    read: outputName,
    repeatable: true,
  }),
  segment: option({
    value: "SECONDS",
    help: "begin a new file after so long; names may hold %Y %m %d %H %M %S, or %03d",
    read: positive("seconds", 1e7),
    shownFallback: "never",
  }),
  keep: option({
    value: "N",
    help: "keep the newest N files of such names, remove older ones",
    read: integer(1, 1e6),
    shownFallback: "all",
  }),
  on: option({
    value: FINDERS.join("|"),
    help: "record only while that filter finds something",
    read: oneOf(...FINDERS),
    shownFallback: "always",
  }),
  before: option({
    value: "SECONDS",
    help: "and so much before it",
    read: positive("seconds", 3600),
    fallback: 2,
  }),
  after: option({
    value: "SECONDS",
    help: "and so much after it",
    read: positive("seconds", 3600),
    fallback: 3,
  }),
  exec: option({
    value: '"CMD ARGS"',
    help:
      "run a program when something begins to be found, when the server is lost, and when it is back",
    read: command,
    shownFallback: "none",
  }),
};

/** Throws a `UsageError` where options do not belong together. */
export function checkRecording(
  { output, segment, keep, on, filter }: OptionValues<typeof recordingOptions> & {
    readonly filter: readonly GraphItem[] | undefined;
  },
): void {
  const many = segment !== undefined ? "--segment" : on !== undefined ? "--on" : undefined;
  if (many && (output.length === 0 || output.includes("-"))) {
    throw new UsageError(`${many} is given without a file`, "name one with -o, as in -o film.mp4");
  }
  if (keep !== undefined && !many) {
    throw new UsageError("--keep is given without --segment or --on", "there is but one file");
  }
  if (on !== undefined && !filter?.some((item) => item.kind === "built-in" && item.name === on)) {
    throw new UsageError(`--on ${on} is given without that filter`, `add it: --filter ${on}`);
  }
}

/** A program and its arguments, as `env` takes them: its own options and settings are none. */
function command(text: string): string[] {
  const [program = "", ...args] = words(text);
  if (program === "" || program.startsWith("-") || program.includes("=")) {
    throw new Error("wanted a program, and its arguments behind it");
  }
  return [program, ...args];
}

/** Refuses names that promise a format that is not written. */
function outputName(name: string): string {
  if (/^[a-z]+:\/\//i.test(name)) {
    if (streamScheme(name) === undefined) {
      throw new Error("wanted rtmp:// rtsp:// srt:// udp:// tcp:// http:// https:// or icecast://");
    }
    const needsPort = /^(srt|udp|tcp):/i.test(name);
    if (!(needsPort ? /^\w+:\/\/[^/?]+:\d+/ : /^\w+:\/\/[^/?:]+/).test(name)) {
      throw new Error(`wanted a host${needsPort ? " and a port" : ""} behind ://`);
    }
    return name;
  }
  if (/\.(gif|ts|flv|wmv|mpe?g|ogv|bmp|tiff?|mjpe?g)$/i.test(name)) {
    throw new Error("wanted a name that ends in .mp4 .mkv .webm .avi .y4m .png .jpg or .gray");
  }
  const width = /%0?([1-9]\d+|0)d/.exec(name.replaceAll("%%", ""));
  if (width) throw new Error(`the number ${width[0]} is too wide, wanted %01d to %09d`);
  return name;
}
