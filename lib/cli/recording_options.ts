/** The options of the client for recordings, media servers and the programs that it starts. */

import {
  fileFormat,
  KNOWN_SCHEMES,
  knownEndings,
  streamFormat,
  usualEndings,
} from "../ffmpeg/formats.ts";
import { RAW_PIXELS, type RawPixels } from "../ffmpeg/raw_pixels.ts";
import { nearest } from "../log/nearest.ts";
import type { GraphItem } from "../vision/graph.ts";
import { finders, labelOf } from "../vision/registry.ts";
import { checkCodec, codecOptions } from "./codec_options.ts";
import { option, type OptionValues, UsageError } from "./option_table.ts";
import { command, integer, oneOf, positive, text } from "./readers.ts";

export const recordingOptions = {
  output: option({
    short: "o",
    value: "FILE_OR_URL",
    help: `record to a file (${usualEndings()}), write raw pixels to stdout (-), or stream to a ` +
      `media server (${KNOWN_SCHEMES}); %d or %06d in a name ` +
      "numbers stills; can be repeated",
    read: outputName,
    repeatable: true,
    usual: true,
  }),
  ...codecOptions,
  pixels: option({
    value: RAW_PIXELS.join("|"),
    help: "the pixels of -o - and of .raw files; bgr24 is what OpenCV works with",
    read: oneOf(...RAW_PIXELS),
    fallback: "gray" satisfies RawPixels as RawPixels,
  }),
  segment: option({
    value: "SECONDS",
    help: "start a new file after this time; the name can contain %Y %m %d %H %M %S or %03d",
    read: positive("seconds", 1e7),
    shownFallback: "one file",
  }),
  keep: option({
    value: "N",
    help: "keep the newest N files of --segment or --on and delete older ones",
    read: integer(1, 1e6),
    shownFallback: "keep all",
  }),
  on: option({
    value: "FILTER|LABEL",
    help: `record only while this filter finds something: ${finders.join(", ")}; ` +
      "or while something with this label is found, such as person",
    read: text,
    shownFallback: "record everything",
    usual: true,
  }),
  before: option({
    value: "SECONDS",
    help: "with --on: start the recording this long before the first detection",
    read: positive("seconds", 3600),
    fallback: 2,
  }),
  after: option({
    value: "SECONDS",
    help: "with --on: stop the recording this long after the last detection",
    read: positive("seconds", 3600),
    fallback: 3,
  }),
  exec: option({
    value: '"CMD ARGS"',
    help:
      "run a program when a filter starts to find something, when an object enters (track), and when the server is lost or back",
    read: command,
  }),
};

/** Throws a `UsageError` for options that do not work together. */
export function checkRecording(
  { output, segment, keep, on, filter, codec, crf }: OptionValues<typeof recordingOptions> & {
    readonly filter: readonly GraphItem[] | undefined;
  },
): void {
  checkCodec({ codec, crf }, output);
  const many = segment !== undefined ? "--segment" : on !== undefined ? "--on" : undefined;
  if (many && (output.length === 0 || output.includes("-"))) {
    throw new UsageError(`${many} is given without a file`, "add a file, for example -o film.mp4");
  }
  if (keep !== undefined && !many) {
    throw new UsageError(
      "--keep is given without --segment or --on",
      "add --segment SECONDS or --on FILTER, or remove --keep",
    );
  }
  if (on !== undefined) checkOn(on, filter ?? []);
}

/** Throws a `UsageError` if no filter of the graph can find what a recording waits for. */
function checkOn(on: string, graph: readonly GraphItem[]): void {
  const named = graph.flatMap((item) => item.kind === "built-in" ? [item.name] : []);
  if (named.includes(on)) return;
  if (finders.includes(on)) {
    throw new UsageError(`--on ${on} is given without that filter`, `add it: --filter ${on}`);
  }
  // A model has its own labels, and the user's own filter can report any.
  if (graph.some((item) => item.kind === "own" || canFind(item, on))) return;
  const labels = named.flatMap((name) => labelOf(name) ?? []);
  const near = nearest(on, [...finders, ...labels]);
  throw new UsageError(
    `Nothing in --filter finds "${on}"${near ? `, did you mean "${near}"?` : ""}`,
    `--on takes a filter (${finders.join(", ")}) or a label that one of the filters reports`,
  );
}

/** Whether a built-in filter can report this label. */
function canFind({ name, options }: GraphItem & { kind: "built-in" }, label: string): boolean {
  if (name !== "detect") return labelOf(name) === label;
  const classes = String(options.classes ?? "");
  return classes === "" || classes.split("+").includes(label);
}

/** Reads the name of an output. Throws an `Error` for an unknown format. */
function outputName(name: string): string {
  if (/^[a-z]+:\/\//i.test(name)) {
    const format = streamFormat(name);
    if (!format) throw new Error(`wanted ${KNOWN_SCHEMES}`);
    const { needsPort } = format;
    if (!(needsPort ? /^\w+:\/\/[^/?]+:\d+/ : /^\w+:\/\/[^/?:]+/).test(name)) {
      throw new Error(`wanted a host${needsPort ? " and a port" : ""} after ://`);
    }
    return name;
  }
  if (!fileFormat(name)) {
    throw new Error(`wanted a name that ends in ${knownEndings()}, or - for stdout`);
  }
  const width = /%0?([1-9]\d+|0)d/.exec(name.replaceAll("%%", ""));
  if (width) {
    throw new Error(`the number ${width[0]} has too many digits, wanted %d or %01d to %09d`);
  }
  return name;
}
