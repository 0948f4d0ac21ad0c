/** The arguments with which ffmpeg writes a file, by its ending, or a stream, by its scheme. Pure. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { type Codec, codecRow } from "./codecs.ts";
import { codecOf, ffmpegFormat, fileFormat, streamFormat } from "./formats.ts";
import type { FpsModeOption } from "./fps_mode.ts";

/** What ffmpeg is to write. */
export interface Written {
  /** A file's name, or a URL. */
  readonly name: string;
  /** The format of the frames. */
  readonly format: FrameFormat;
  /** Frames a second, for a format with a constant rate. */
  readonly fps: number;
  /** The number of the first still, where stills are numbered. */
  readonly first?: number | undefined;
  /** The codec and quality that the user chose. */
  readonly codec?: Codec | undefined;
  readonly crf?: number | undefined;
  /** Whether the file goes to stdout; `name` then says only its format. There is no progress on stdout then. */
  readonly toStdout?: boolean;
  /** Whether what comes is H.264 already, and is stored as it is. */
  readonly copies?: boolean | undefined;
}

/** ffmpeg's arguments: Matroska by stdin, or FLV to be copied; its progress on stdout, or the file itself. */
export function outputArguments(
  written: Written,
  { fpsModeOption = "-fps_mode" }: { fpsModeOption?: FpsModeOption } = {},
): string[] {
  const { name, crf, format, copies, toStdout = false } = written;
  const output = ffmpegFormat(name);
  if (!output) throw new RangeError(`no format for ${name}`);
  const isStream = streamFormat(name) !== undefined;
  const codec = codecOf(name, written.codec);
  const losesRange = "losesRange" in output;
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y"],
    ...(toStdout ? [] : ["-progress", "pipe:1"]),
    // The first bytes say all: without these ffmpeg would keep seconds of frames to look at.
    ...["-probesize", "32", "-analyzeduration", "0"],
    ...["-f", copies ? "flv" : "matroska", "-i", "pipe:0", "-map", "0:v"],
    ...(copies ? ["-c", "copy"] : [
      ...times(written, output.asksForOwnTimes ? [fpsModeOption, "vfr"] : []),
      // The muxer options of stills name their codec.
      ...(codec ? codecRow(codec).arguments({ crf, isStream, format, losesRange }) : []),
    ]),
    ...output.muxer,
    ...(isStream ? [name] : ["-flush_packets", "1", toStdout ? "pipe:1" : `file:${name}`]),
  ];
}

/** The options for the times of frames, and for which stills are kept. */
function times({ name, fps, first }: Written, ownTimes: string[]): string[] {
  const format = fileFormat(name);
  if (format?.constantRate) return ["-r", String(fps)];
  const stills = first === undefined
    ? ["-update", "1", "-atomic_writing", "1"] // one file, always the newest
    : ["-start_number", String(first)];
  // To the millisecond, a gap stays a gap. The other containers have a variable rate by default.
  return [...ownTimes, "-enc_time_base", "1:1000", ...(format?.stills ? stills : [])];
}
