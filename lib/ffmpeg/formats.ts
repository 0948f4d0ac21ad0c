/**
 * What `-o` writes: one row per file format and per scheme of a URL. Help, validation, errors, defaults,
 * ffmpeg's arguments and docs/options.md come from these rows. Pure.
 */

import type { FrameSize } from "../frame/frame_size.ts";

/** The codecs that `--codec` can select. */
export const CODECS = ["h264", "vp8", "vp9", "mjpeg", "ffv1"] as const;
export type Codec = typeof CODECS[number];

interface CodecRow {
  readonly title: string;
  /** The quality without `--crf`, for the help. */
  readonly quality: string;
  /** The range of `--crf`; undefined if the codec has none. */
  readonly crf?: readonly [best: number, worst: number];
}

/** The codecs: their names and qualities. */
export const CODEC_ROWS: { readonly [codec in Codec]: CodecRow } = {
  h264: { title: "H.264", quality: "crf 20", crf: [0, 51] },
  vp8: { title: "VP8", quality: "crf 10, up to 4 Mbit/s", crf: [4, 63] },
  vp9: { title: "VP9", quality: "crf 30", crf: [0, 63] },
  mjpeg: { title: "MJPEG", quality: "quality 3 (2 best, 31 worst)" },
  ffv1: { title: "FFV1", quality: "lossless" },
};

/** The format of a file. */
export interface FileFormat {
  /** The endings of file names, the usual one first. */
  readonly endings: readonly string[];
  /** What writes the file: ffmpeg, or our own writer of Y4M or raw pixels. */
  readonly writer: "ffmpeg" | "y4m" | "raw";
  /** The codecs for `--codec`, the default first; empty if there is no choice. */
  readonly codecs: readonly Codec[];
  /** ffmpeg's options for the container. */
  readonly muxer?: readonly string[];
  /** ffmpeg needs an option to keep the times of the frames. */
  readonly needsOwnTimes?: true;
  /** The format has no timestamps: repeated frames fill a gap. */
  readonly constantRate?: true;
  /** One picture per file. */
  readonly stills?: true;
  /** The description in the help, for a format without a choice of codecs. */
  readonly description?: string;
}

/** The formats of files. */
export const FILE_FORMATS: readonly FileFormat[] = [
  {
    endings: ["mp4", "m4v", "mov"],
    writer: "ffmpeg",
    codecs: ["h264"],
    // Fragments: the file can be played even if the writing is interrupted.
    muxer: [
      ...["-video_track_timescale", "90000", "-f", "mp4"],
      ...["-movflags", "+frag_keyframe+empty_moov+default_base_moof"],
    ],
    needsOwnTimes: true,
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
    constantRate: true,
  },
  {
    endings: ["y4m"],
    writer: "y4m",
    codecs: [],
    constantRate: true,
    description: "uncompressed, with size and rate",
  },
  { endings: ["gray", "raw"], writer: "raw", codecs: [], description: "uncompressed, pixels only" },
  {
    endings: ["png"],
    writer: "ffmpeg",
    codecs: [],
    muxer: ["-c:v", "png", "-f", "image2"],
    needsOwnTimes: true,
    stills: true,
    description: "lossless stills",
  },
  {
    endings: ["jpg", "jpeg"],
    writer: "ffmpeg",
    codecs: [],
    muxer: ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p", "-f", "image2"],
    needsOwnTimes: true,
    stills: true,
    description: "stills, quality 3 (2 best, 31 worst)",
  },
];

/** A stream to a media server. */
export interface StreamFormat {
  readonly codec: "h264" | "vp8";
  readonly muxer: readonly string[];
  readonly needsOwnTimes?: true;
}

/** The formats of streams, by the schemes of their URLs. */
const STREAMS: { readonly [scheme: string]: StreamFormat } = {
  rtmp: { codec: "h264", muxer: ["-f", "flv"] },
  rtmps: { codec: "h264", muxer: ["-f", "flv"] },
  rtsp: {
    codec: "h264",
    muxer: ["-rtsp_transport", "tcp", "-f", "rtsp"],
    needsOwnTimes: true,
  },
  srt: { codec: "h264", muxer: ["-f", "mpegts"] },
  udp: { codec: "h264", muxer: ["-f", "mpegts"] },
  tcp: { codec: "h264", muxer: ["-f", "mpegts"] },
  icecast: { codec: "vp8", muxer: ["-content_type", "video/webm", "-f", "webm"] },
  http: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
  https: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
};

/** The schemes of the URLs that `-o` can stream to. */
export const SCHEMES: readonly string[] = Object.keys(STREAMS);

/** The format of a URL; undefined if `-o` can't stream to it. */
export function streamFormat(name: string): StreamFormat | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(STREAMS, scheme) ? STREAMS[scheme] : undefined;
}

/** The format of a file by its ending; undefined for an unknown ending. `-` is raw. */
export function fileFormat(name: string): FileFormat | undefined {
  const ending = name === "-" ? "raw" : /[^/]\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return FILE_FORMATS.find(({ endings }) => endings.includes(ending));
}

/** The codec of a film or a stream; undefined for a format without a choice. */
export function codecOf(name: string, chosen: Codec | undefined): Codec | undefined {
  const stream = streamFormat(name);
  if (stream) return stream.codec;
  const { codecs = [] } = fileFormat(name) ?? {};
  return codecs.length === 0 ? undefined : chosen ?? codecs[0];
}

/** All endings of formats, for example `.mp4 .m4v .mov .mkv`. */
export function knownEndings(formats: readonly FileFormat[] = FILE_FORMATS): string {
  return formats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(" ");
}

/** The usual ending of each format, for example `.mp4 .mkv`. */
export function usualEndings(formats: readonly FileFormat[] = FILE_FORMATS): string {
  return formats.map(({ endings }) => `.${endings[0]}`).join(" ");
}

/** The size of a recording whose codec can't have the size of the frames (H.264 needs even sides); else undefined. */
export function changedSize(
  name: string,
  { width, height }: FrameSize,
  { codec, crf }: { codec?: Codec | undefined; crf?: number | undefined },
): FrameSize | undefined {
  if (codecOf(name, codec) !== "h264" || isLossless(name, crf)) return undefined;
  if (width % 2 === 0 && height % 2 === 0) return undefined;
  return { width: width + width % 2, height: height + height % 2 };
}

/** Whether H.264 is lossless and gray: a file with `--crf 0`. */
export function isLossless(name: string, crf: number | undefined): boolean {
  return crf === 0 && !streamFormat(name);
}

/** The list in the help: one line per format. */
export function describeFormats(): string {
  const rows = FILE_FORMATS.map((format) => {
    const [first, ...others] = format.codecs;
    const row = first && CODEC_ROWS[first];
    const codecs = others.length === 0 ? "" : `; --codec ${others.join(", ")}`;
    const rate = format.constantRate ? "; constant rate" : "";
    const description = row ? `${row.title}, ${row.quality}${codecs}` : format.description;
    return [knownEndings([format]), `${description}${rate}`] as const;
  });
  const width = Math.max(...rows.map(([endings]) => endings.length));
  return rows.map(([endings, text]) => `  ${endings.padEnd(width)}  ${text}\n`).join("");
}
