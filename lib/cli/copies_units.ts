/** Whether the client records the H.264 of the server as it comes. */

import { codecOf } from "../ffmpeg/formats.ts";
import { sortOutputs } from "../present/records.ts";
import { displayOf } from "./choose_display.ts";
import type { ClientOptions } from "./client_options.ts";

/**
 * Whether a record is a copy of what the server sends: nothing changes the frames, and the file can hold it. A file that
 * begins in the middle of the stream would have to wait for a keyframe.
 */
export function copiesUnits(
  { wire, filter, gray, output, codec, crf, segment, on }: Pick<
    ClientOptions,
    "wire" | "filter" | "gray" | "output" | "codec" | "crf" | "segment" | "on"
  >,
): boolean {
  if (wire !== "h264" || filter || gray) return false;
  if (crf !== undefined || segment !== undefined || on !== undefined) return false;
  return sortOutputs(output).files.some((name) => codecOf(name, codec) === "h264");
}

/** Whether such records are all that the client makes of the pictures: nothing has to be decoded. */
export function copiesUnitsOnly(options: ClientOptions): boolean {
  const { output, codec, serve, http } = options;
  const { files, streams } = sortOutputs(output);
  return copiesUnits(options) && streams.length === 0 &&
    files.every((name) => codecOf(name, codec) === "h264") &&
    serve === undefined && http === undefined && displayOf(options) === "none";
}
