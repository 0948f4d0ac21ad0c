/** The client's options for what it records, passes on, and starts. */

import {
  fileFormat,
  KNOWN_SCHEMES,
  knownEndings,
  streamFormat,
  usualEndings,
} from "../ffmpeg/formats.ts";
import type { GraphItem } from "../vision/graph.ts";
import { finders } from "../vision/registry.ts";
import { checkCodec, codecOptions } from "./codec_options.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { integer, oneOf, positive, words } from "./readers.ts";

export const recordingOptions = {
  output: option({
    short: "o",
    value: "FILE_OR_URL",
    help: `record to a file: ${usualEndings()} ` +
      "(%d, %06d: numbered stills); - writes raw pixels to stdout; " +
      `or stream to ${KNOWN_SCHEMES}; repeatable`,
    read: outputName,
    repeatable: true,
  }),
  ...codecOptions,
  segment: option({
    value: "SECONDS",
    help: "start a new file after so long; names can contain %Y %m %d %H %M %S, or %03d",
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
    value: "FILTER",
    help: `record only while that filter finds something: ${finders.join(", ")}`,
    read: oneOf(...finders),
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
  { output, segment, keep, on, filter, codec, crf }: OptionValues<typeof recordingOptions> & {
    readonly filter: readonly GraphItem[] | undefined;
  },
): void {
  checkCodec({ codec, crf }, output);
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

/** Refuses names whose format is not known. */
function outputName(name: string): string {
  if (/^[a-z]+:\/\//i.test(name)) {
    const format = streamFormat(name);
    if (!format) throw new Error(`wanted ${KNOWN_SCHEMES}`);
    const { needsPort } = format;
    if (!(needsPort ? /^\w+:\/\/[^/?]+:\d+/ : /^\w+:\/\/[^/?:]+/).test(name)) {
      throw new Error(`wanted a host${needsPort ? " and a port" : ""} behind ://`);
    }
    return name;
  }
  if (!fileFormat(name)) {
    throw new Error(`wanted a name that ends in ${knownEndings()}, or - for stdout`);
  }
  const width = /%0?([1-9]\d+|0)d/.exec(name.replaceAll("%%", ""));
  if (width) throw new Error(`the number ${width[0]} is too wide, wanted %d or %01d to %09d`);
  return name;
}
