/** How ffmpeg writes what comes by pipe: files by their ending, streams by their scheme. Pure. */

import { type Codec, codecOf, fileFormat, isLossless, streamFormat } from "./formats.ts";

/** What ffmpeg is to write. */
export interface Written {
  /** A file's name, or a URL. */
  readonly name: string;
  /** Frames a second, where a format wants a constant rate. */
  readonly fps: number;
  /** The number of the first still, where stills are numbered. */
  readonly first?: number | undefined;
  /** The codec and quality that the user chose. */
  readonly codec?: Codec | undefined;
  readonly crf?: number | undefined;
  /** The option that makes ffmpeg keep the frames' own times (see `ownTimesOption`). */
  readonly ownTimes: readonly string[];
}

/** ffmpeg's arguments: Matroska by stdin, what was written so far on stdout. */
export function outputArguments(written: Written): string[] {
  const { name } = written;
  const format = streamFormat(name) ?? fileFormat(name);
  if (!format?.muxer) throw new RangeError(`no format for ${name}`);
  const isFile = !streamFormat(name);
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-y", "-progress", "pipe:1"],
    // The first bytes say all: without these ffmpeg would keep seconds of frames to look at.
    ...["-probesize", "32", "-analyzeduration", "0"],
    ...["-f", "matroska", "-i", "pipe:0", "-map", "0:v"],
    ...times(written),
    ...codecArguments(written),
    ...format.muxer,
    ...(isFile ? ["-flush_packets", "1", `file:${name}`] : [name]),
  ];
}

/** Which times the frames get, and which stills are kept. */
function times({ name, fps, first, ownTimes }: Written): string[] {
  const format = fileFormat(name);
  if (format?.constantRate) return ["-r", String(fps)];
  const stills = first === undefined
    ? ["-update", "1", "-atomic_writing", "1"] // one file, always the newest
    : ["-start_number", String(first)];
  const asks = (streamFormat(name) ?? format)?.needsOwnTimes;
  return [
    // To the millisecond, a gap stays a gap. The other containers have a variable rate of themselves.
    ...[...(asks ? ownTimes : []), "-enc_time_base", "1:1000"],
    ...(format?.stills ? stills : []),
  ];
}

function codecArguments({ name, codec: chosen, crf }: Written): string[] {
  const codec = codecOf(name, chosen);
  const yuv = ["-pix_fmt", "yuv420p"];
  // A key frame a second, so that a film can be cut and played from there.
  const keys = ["-force_key_frames", keyEvery(streamFormat(name)?.codec === "vp8" ? 2 : 1)];
  switch (codec) {
    case "h264": {
      // It holds no frame back.
      const common = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"];
      const quality = ["-crf", String(crf ?? 20), ...keys];
      if (isLossless(name, crf)) {
        return [...common, ...quality, "-pix_fmt", "gray", "-color_range", "pc"];
      }
      return ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", ...common, ...quality, ...yuv];
    }
    case "vp8": {
      const common = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", ...yuv, ...keys];
      if (crf !== undefined) return [...common, "-b:v", "100M", "-crf", String(crf)];
      return streamFormat(name)
        ? [...common, "-b:v", "2M"]
        : [...common, "-b:v", "4M", "-crf", "10"];
    }
    case "vp9":
      return [
        ...["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-row-mt", "1"],
        ...[...yuv, ...keys, "-b:v", "0", "-crf", String(crf ?? 30)],
      ];
    case "mjpeg":
      return ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"];
    case "ffv1":
      return ["-c:v", "ffv1", "-level", "3", "-g", "1", "-pix_fmt", "gray"];
    case undefined:
      return []; // the row of a still names it
  }
}

/** A key frame each `seconds`, gaps or not. */
function keyEvery(seconds: number): string {
  return `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${seconds}))`;
}
