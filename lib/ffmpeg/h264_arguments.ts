/**
 * The arguments of ffmpeg as an H.264 encoder for viewers: Matroska on stdin, FLV on stdout, each access unit before
 * the next frame where the encoder can do that. Pure.
 */

import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";

/** What an encoder is given. */
export interface H264Encoding {
  /** Of the frames. */
  readonly format: FrameFormat;
  /** Of the pictures: even sides. */
  readonly size: FrameSize;
  /** Bits per second. No tenth of a second has more than its share, so that a keyframe does not jam a link. */
  readonly rate: number;
}

/** A family of encoders. */
interface EncoderRow {
  /** Options of ffmpeg before its input. */
  readonly device?: readonly string[];
  /** Filters behind the scaled picture, which is yuv420p. */
  readonly upload?: string;
  /** Options of the encoder, apart from its bound. */
  readonly options: (rate: number) => readonly string[];
  /** How many frames it may hold: encoders in hardware work on several at once. */
  readonly holds: number;
}

/** How often a viewer can join, or come back after a gap, in seconds. */
const KEYFRAME_SECONDS = 0.8;

/** The largest distance of keyframes where an encoder does not give them on demand, in frames. */
const MAX_GOP = 30;

/** The share of a second over which the rate is bounded. */
const BOUND_SECONDS = 0.1;

/** The encoders that `--encoder` can name, by ffmpeg's names. */
const ENCODER_ROWS = {
  libx264: {
    options: () => [
      ...["-preset", "superfast", "-tune", "zerolatency", "-crf", "23"],
      ...["-sc_threshold", "0", "-forced-idr", "1"],
    ],
    holds: 1,
  },
  libopenh264: { options: average, holds: 1 },
  h264_v4l2m2m: { options: average, holds: 4 },
  h264_vaapi: {
    device: ["-vaapi_device", "/dev/dri/renderD128"],
    upload: "format=nv12,hwupload",
    options: (rate) => ["-rc_mode", "CBR", ...average(rate), "-async_depth", "1"],
    holds: 4,
  },
  h264_nvenc: {
    options: (rate) => [
      ...["-preset", "p3", "-tune", "ull", "-rc", "cbr", "-zerolatency", "1", "-delay", "0"],
      ...["-forced-idr", "1", ...average(rate)],
    ],
    holds: 4,
  },
  h264_qsv: {
    upload: "format=nv12",
    options: (rate) => ["-async_depth", "1", "-forced_idr", "1", ...average(rate)],
    holds: 4,
  },
  h264_videotoolbox: { options: (rate) => ["-realtime", "1", ...average(rate)], holds: 4 },
} as const satisfies { readonly [name: string]: EncoderRow };

/** An encoder's name. */
export type H264EncoderName = keyof typeof ENCODER_ROWS;

export const H264_ENCODERS = Object.keys(ENCODER_ROWS) as readonly H264EncoderName[];

/** The encoder without `--encoder`. */
export const DEFAULT_ENCODER = "libx264" satisfies H264EncoderName;

/** How many frames an encoder may hold at a time. */
export function heldFrames(name: H264EncoderName): number {
  return ENCODER_ROWS[name].holds;
}

/** Matroska with raw frames on stdin, FLV on stdout. */
export function h264EncoderArguments(
  { size, rate }: Pick<H264Encoding, "size" | "rate">,
  { encoder }: { encoder: H264EncoderName },
): string[] {
  const { device = [], upload, options }: EncoderRow = ENCODER_ROWS[encoder];
  const filters = [
    // In full range, as JPEG has it. Without scaling this costs nothing for frames with colors.
    `scale=${size.width}:${size.height}:in_range=full:out_range=full`,
    "format=yuv420p",
    // sRGB, and the matrix of JPEG, which players would not guess for large pictures.
    "setparams=range=pc:color_primaries=bt709:color_trc=iec61966-2-1:colorspace=smpte170m",
    ...(upload ? [upload] : []),
  ];
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", ...device],
    // Each further thread delays by a frame, and without these ffmpeg would first look at seconds of frames.
    ...["-threads", "1", "-probesize", "32", "-analyzeduration", "0"],
    ...["-f", "matroska", "-i", "pipe:0", "-map", "0:v", "-vf", filters.join()],
    ...["-color_range", "pc", "-color_primaries", "bt709", "-color_trc", "iec61966-2-1"],
    ...["-colorspace", "smpte170m"],
    // To the millisecond: the bound counts in real time, also where a camera is slower than it says.
    ...["-enc_time_base", "1:1000", "-threads", "1", "-c:v", encoder, ...options(rate)],
    ...["-maxrate", String(rate), "-bufsize", String(Math.round(rate * BOUND_SECONDS))],
    ...["-bf", "0", "-g", String(MAX_GOP), "-force_key_frames", everySeconds(KEYFRAME_SECONDS)],
    ...["-flush_packets", "1", "-flvflags", "no_duration_filesize", "-f", "flv", "pipe:1"],
  ];
}

/** The option of encoders that have no quality to hold: they fill the rate. */
function average(rate: number): readonly string[] {
  return ["-b:v", String(rate)];
}

/** A keyframe so often, even after a gap. */
function everySeconds(seconds: number): string {
  return `expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${seconds}))`;
}
