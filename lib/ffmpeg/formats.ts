/**
 * What `-o` writes: one row for each file format and for each scheme of a URL. Help, validation, errors, defaults,
 * ffmpeg's arguments, the docs and the tests come from these rows. Pure.
 */

import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { type Codec, codecRow, CODECS, isLossless } from "./codecs.ts";
import { RAW_PIXELS, type RawPixels } from "./raw_pixels.ts";

/** What every file format has. */
interface CommonFormat {
  /** The endings of its files, the usual one first. */
  readonly endings: readonly string[];
  /** The codecs that it can hold, the default first; none where there is nothing to choose. */
  readonly codecs: readonly Codec[];
  /** The help's description, where there is no codec to describe. */
  readonly holds?: string;
  /** Its frames have no times of their own: a gap is filled with repeated frames. */
  readonly constantRate?: true;
  /** It stores neither times nor a rate: frames are written without waiting for the rate. */
  readonly pixelsOnly?: true;
  /** One picture a file. */
  readonly stills?: true;
}

/** A format that ffmpeg writes. */
export interface FfmpegFormat extends CommonFormat {
  readonly writer: "ffmpeg";
  /** ffmpeg's options for the container. */
  readonly muxer: readonly string[];
  /** ffmpeg keeps the frames' times only if it is told to. */
  readonly asksForOwnTimes?: true;
  /** It does not store the range of colors. */
  readonly losesRange?: true;
}

/** A format that this program writes itself. */
export interface OwnFormat extends CommonFormat {
  readonly writer: "y4m" | "raw";
  /** What it can hold, as `--pixels` chooses it; undefined: the pixels of the frames. */
  readonly pixels?: readonly RawPixels[];
}

export type FileFormat = FfmpegFormat | OwnFormat;

/** The file formats, in the order of the help. */
export const FILE_FORMATS: readonly FileFormat[] = [
  {
    endings: ["mp4", "m4v", "mov"],
    writer: "ffmpeg",
    codecs: ["h264"],
    // In fragments: what is on disk can be played whenever the writing ends.
    muxer: [
      ...["-video_track_timescale", "90000", "-f", "mp4"],
      ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof"],
    ],
    asksForOwnTimes: true,
  },
  {
    endings: ["mkv"],
    writer: "ffmpeg",
    codecs: ["h264", "ffv1", "vp8", "vp9", "mjpeg"],
    muxer: ["-cluster_time_limit", "1000", "-f", "matroska"],
  },
  {
    endings: ["webm"],
    writer: "ffmpeg",
    codecs: ["vp8", "vp9"],
    muxer: ["-cluster_time_limit", "1000", "-f", "webm"],
  },
  {
    endings: ["avi"],
    writer: "ffmpeg",
    codecs: ["mjpeg", "ffv1"],
    muxer: ["-f", "avi"],
    losesRange: true,
    constantRate: true,
  },
  {
    endings: ["y4m"],
    writer: "y4m",
    codecs: [],
    constantRate: true,
    holds: "uncompressed, with size and rate",
  },
  {
    endings: ["raw"],
    writer: "raw",
    codecs: [],
    pixelsOnly: true,
    pixels: RAW_PIXELS,
    holds: `uncompressed, pixels only; --pixels ${RAW_PIXELS.join(", ")}`,
  },
  {
    endings: ["gray"],
    writer: "raw",
    codecs: [],
    pixelsOnly: true,
    pixels: ["gray"],
    holds: "uncompressed, gray pixels only",
  },
  {
    endings: ["png"],
    writer: "ffmpeg",
    codecs: [],
    muxer: ["-c:v", "png", "-f", "image2"],
    asksForOwnTimes: true,
    stills: true,
    holds: "lossless stills",
  },
  {
    endings: ["jpg", "jpeg"],
    writer: "ffmpeg",
    codecs: [],
    muxer: ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2"],
    asksForOwnTimes: true,
    stills: true,
    holds: "stills, quality 3 (2 best, 31 worst)",
  },
];

/** A stream to a media server. */
export interface StreamFormat {
  readonly codec: Codec;
  readonly muxer: readonly string[];
  readonly asksForOwnTimes?: true;
  /** The scheme has no default port. */
  readonly needsPort?: true;
}

/** The stream formats, by the schemes of their URLs. */
const STREAMS: { readonly [scheme: string]: StreamFormat } = {
  rtmp: { codec: "h264", muxer: ["-f", "flv"] },
  rtmps: { codec: "h264", muxer: ["-f", "flv"] },
  rtsp: {
    codec: "h264",
    muxer: ["-rtsp_transport", "tcp", "-f", "rtsp"],
    asksForOwnTimes: true,
  },
  srt: { codec: "h264", muxer: ["-f", "mpegts"], needsPort: true },
  udp: { codec: "h264", muxer: ["-f", "mpegts"], needsPort: true },
  tcp: { codec: "h264", muxer: ["-f", "mpegts"], needsPort: true },
  icecast: { codec: "vp8", muxer: ["-content_type", "video/webm", "-f", "webm"] },
  http: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
  https: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
};

/** The schemes of the URLs that frames can be streamed to, as `rtmp:// rtsp://`. */
export const KNOWN_SCHEMES: string = Object.keys(STREAMS).map((scheme) => `${scheme}://`).join(" ");

/** The format of a URL; undefined for an unknown scheme, and for a file. */
export function streamFormat(name: string): StreamFormat | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(STREAMS, scheme) ? STREAMS[scheme] : undefined;
}

/** The format of a file, by its ending; undefined for an unknown one, and for a URL. `-` is raw. */
export function fileFormat(name: string): FileFormat | undefined {
  if (streamFormat(name)) return undefined;
  const ending = name === "-" ? "raw" : /[^/]\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return FILE_FORMATS.find(({ endings }) => endings.includes(ending));
}

/** The format that ffmpeg writes to a file or a URL; undefined where ffmpeg does not write it. */
export function ffmpegFormat(name: string): FfmpegFormat | StreamFormat | undefined {
  const format = fileFormat(name);
  return streamFormat(name) ?? (format?.writer === "ffmpeg" ? format : undefined);
}

/** The pixels of a file where they need not be those of the frames; undefined for other files, and for a URL. */
export function rawPixels(name: string, chosen: RawPixels): RawPixels | undefined {
  const format = fileFormat(name);
  if (!format || !("pixels" in format)) return undefined;
  return format.pixels?.find((pixels) => pixels === chosen) ?? "gray";
}

/** Whether `--pixels` chooses what a file holds. */
export function choosesPixels(name: string): boolean {
  return rawPixels(name, "bgr24") === "bgr24";
}

/** The codec of a film or a stream; undefined where there is nothing to choose. */
export function codecOf(name: string, chosen: Codec | undefined): Codec | undefined {
  const [usual] = codecsOf(name);
  return streamFormat(name) ? usual : usual && (chosen ?? usual);
}

/** The codecs that a file or a stream can hold, the default first. */
export function codecsOf(name: string): readonly Codec[] {
  const stream = streamFormat(name);
  return stream ? [stream.codec] : fileFormat(name)?.codecs ?? [];
}

/** The formats that hold films; with a codec, those that can hold it. */
export function filmFormats(codec?: Codec): FileFormat[] {
  return FILE_FORMATS.filter(({ codecs }) => codec ? codecs.includes(codec) : codecs.length > 0);
}

/** The endings of formats, as `.mp4 .m4v .mov .mkv`. */
export function knownEndings(formats: readonly FileFormat[] = FILE_FORMATS): string {
  return formats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(" ");
}

/** The usual ending of each format, as `.mp4 .mkv`. */
export function usualEndings(formats: readonly FileFormat[] = FILE_FORMATS): string {
  return formats.flatMap(({ endings: [usual] }) => usual ? [`.${usual}`] : []).join(" ");
}

/** The films that keep gaps, since they store each frame's time, for a message: `.mp4 .mkv`. */
export function endingsWithTimes(): string {
  return usualEndings(filmFormats().filter(({ constantRate }) => !constantRate));
}

/** The size of a film or a stream where its codec can't hold the frames' own, and why. */
export function changedSize(
  name: string,
  { width, height, pixels }: FrameFormat,
  { codec: chosen, crf }: { codec?: Codec | undefined; crf?: number | undefined },
): { size: FrameSize; why: string } | undefined {
  const codec = codecOf(name, chosen);
  if (!codec || (width % 2 === 0 && height % 2 === 0)) return undefined;
  const row = codecRow(codec);
  const isStream = streamFormat(name) !== undefined;
  if (!row.evenSides || pixels === "gray" && isLossless(codec, { crf, isStream })) return undefined;
  const size = { width: width + width % 2, height: height + height % 2 };
  return { size, why: `${row.title} needs even sides` };
}

/** What keeps an odd size, for a message: `.webm .avi and --codec ffv1`. */
export function keepsOddSize(): string {
  const films = filmFormats().filter(({ codecs: [usual] }) => usual && !codecRow(usual).evenSides);
  const lossless = CODECS.filter((codec) => codecRow(codec).lossless === "always");
  return `${usualEndings(films)} and --codec ${lossless.join(", ")}`;
}

/** The help's list: a line for each format. */
export function describeFormats(): string {
  const rows = FILE_FORMATS.map((format) => {
    const [usual, ...others] = format.codecs;
    const row = usual && codecRow(usual);
    const codecs = others.length === 0 ? "" : `; --codec ${others.join(", ")}`;
    const rate = format.constantRate ? "; constant rate" : "";
    const what = row ? `${row.title}, ${row.quality}${codecs}` : format.holds;
    return [knownEndings([format]), `${what}${rate}`] as const;
  });
  const width = Math.max(...rows.map(([endings]) => endings.length));
  return rows.map(([endings, what]) => `  ${endings.padEnd(width)}  ${what}\n`).join("");
}
