/**
 * What `-o` writes: one row for each ending of a file and each scheme of a URL. Help, validation, errors and
 * ffmpeg's arguments come from these rows. Pure.
 */

import type { FrameSize } from "../frame/frame_size.ts";

/** The codecs that `--codec` chooses from. */
export const CODECS = ["h264", "vp8", "vp9", "mjpeg", "ffv1"] as const;
export type Codec = typeof CODECS[number];

interface CodecRow {
  readonly title: string;
  /** Its quality where `--crf` is not given, for the help. */
  readonly quality: string;
  /** The range of `--crf`; undefined where the codec has none. */
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

/** A file's format. */
export interface FileFormat {
  /** Its endings, the usual one first. */
  readonly endings: readonly string[];
  /** Who writes it: ffmpeg, or this program. */
  readonly writer: "ffmpeg" | "y4m" | "raw";
  /** The codecs that it can hold, the default first; none where there is nothing to choose. */
  readonly codecs: readonly Codec[];
  /** ffmpeg's options for the container. */
  readonly muxer?: readonly string[];
  /** ffmpeg must be told to keep the frames' own times. */
  readonly asksForOwnTimes?: true;
  /** It has no times: a gap is filled with repeated frames. */
  readonly constantRate?: true;
  /** One picture a file. */
  readonly stills?: true;
  /** What the help says where there is no codec to choose. */
  readonly holds?: string;
}

/** The formats of files. */
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
    constantRate: true,
  },
  {
    endings: ["y4m"],
    writer: "y4m",
    codecs: [],
    constantRate: true,
    holds: "uncompressed, with size and rate",
  },
  { endings: ["gray", "raw"], writer: "raw", codecs: [], holds: "uncompressed, pixels only" },
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
  readonly codec: "h264" | "vp8";
  readonly muxer: readonly string[];
  readonly asksForOwnTimes?: true;
}

/** The formats of streams, by the schemes of their URLs. */
const STREAMS: { readonly [scheme: string]: StreamFormat } = {
  rtmp: { codec: "h264", muxer: ["-f", "flv"] },
  rtmps: { codec: "h264", muxer: ["-f", "flv"] },
  rtsp: {
    codec: "h264",
    muxer: ["-rtsp_transport", "tcp", "-f", "rtsp"],
    asksForOwnTimes: true,
  },
  srt: { codec: "h264", muxer: ["-f", "mpegts"] },
  udp: { codec: "h264", muxer: ["-f", "mpegts"] },
  tcp: { codec: "h264", muxer: ["-f", "mpegts"] },
  icecast: { codec: "vp8", muxer: ["-content_type", "video/webm", "-f", "webm"] },
  http: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
  https: { codec: "h264", muxer: ["-method", "PUT", "-f", "mpegts"] },
};

/** The schemes of URLs that a stream can be passed on to. */
export const SCHEMES: readonly string[] = Object.keys(STREAMS);

/** The format of a URL; undefined where frames can't be passed on to it. */
export function streamFormat(name: string): StreamFormat | undefined {
  const scheme = /^([a-z]+):\/\//i.exec(name)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(STREAMS, scheme) ? STREAMS[scheme] : undefined;
}

/** The format of a file, by its ending; undefined where that is not known. `-` is raw. */
export function fileFormat(name: string): FileFormat | undefined {
  const ending = name === "-" ? "raw" : /[^/]\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
  return FILE_FORMATS.find(({ endings }) => endings.includes(ending));
}

/** The codec of a film or a stream; undefined where there is nothing to choose. */
export function codecOf(name: string, chosen: Codec | undefined): Codec | undefined {
  const stream = streamFormat(name);
  if (stream) return stream.codec;
  const { codecs = [] } = fileFormat(name) ?? {};
  return codecs.length === 0 ? undefined : chosen ?? codecs[0];
}

/** The endings that are known, as `.mp4 .m4v .mov .mkv`. */
export function knownEndings(formats: readonly FileFormat[] = FILE_FORMATS): string {
  return formats.flatMap(({ endings }) => endings.map((ending) => `.${ending}`)).join(" ");
}

/** The size of a record where its codec can't have the frames' own: H.264 with colour has even sides. */
export function changedSize(
  name: string,
  { width, height }: FrameSize,
  { codec, crf }: { codec?: Codec | undefined; crf?: number | undefined },
): FrameSize | undefined {
  if (codecOf(name, codec) !== "h264" || isLossless(name, crf)) return undefined;
  if (width % 2 === 0 && height % 2 === 0) return undefined;
  return { width: width + width % 2, height: height + height % 2 };
}

/** Whether H.264 is written without loss, as gray alone: a file with `--crf 0`. */
export function isLossless(name: string, crf: number | undefined): boolean {
  return crf === 0 && !streamFormat(name);
}

/** The help's list: a line for each format. */
export function describeFormats(): string {
  const rows = FILE_FORMATS.map((format) => {
    const [first, ...others] = format.codecs;
    const row = first && CODEC_ROWS[first];
    const codecs = others.length === 0 ? "" : `; --codec ${others.join(", ")}`;
    const rate = format.constantRate ? "; constant rate" : "";
    const what = row ? `${row.title}, ${row.quality}${codecs}` : format.holds;
    return [knownEndings([format]), `${what}${rate}`] as const;
  });
  const width = Math.max(...rows.map(([endings]) => endings.length));
  return rows.map(([endings, what]) => `  ${endings.padEnd(width)}  ${what}\n`).join("");
}
