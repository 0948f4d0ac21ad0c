/**
 * The codecs of films and streams: one row for each. Help, validation, errors and ffmpeg's arguments come from
 * these rows. Pure.
 */

import type { FrameFormat, PixelFormat } from "../frame/frame_format.ts";

/** How a film or a stream is encoded. */
export interface Encoding {
  /** The value of `--crf`; undefined: the codec's default. */
  readonly crf: number | undefined;
  /** Whether the output is a stream to a media server, not a file. */
  readonly isStream: boolean;
  /** Of the frames. */
  readonly format: FrameFormat;
  /** Whether the container does not store the range of the colors: players then take YUV for limited range. */
  readonly losesRange: boolean;
}

export interface CodecRow {
  readonly title: string;
  /** The quality without `--crf`, for the help. */
  readonly quality: string;
  /** The range of `--crf`; undefined where the codec has none. */
  readonly crf?: readonly [best: number, worst: number];
  /** It keeps every pixel: always, or in a file with the best `--crf`. */
  readonly lossless?: "always" | "best crf";
  /** It stores color at half the size, so width and height must be even; those of gray frames without loss need not. */
  readonly evenSides?: true;
  /** ffmpeg's options for the encoder. */
  readonly arguments: (encoding: Encoding) => readonly string[];
}

/** What most players expect of a film: colors at half the size, in limited range. */
const YUV = ["-pix_fmt", "yuv420p"];

/** The filters before an encoder with loss. ffmpeg converts gray frames by itself; those with colors keep their range. */
function filters(pixels: PixelFormat, ...more: readonly string[]): string[] {
  const range = "scale=in_range=full:out_range=limited,format=yuv420p";
  const all = pixels === "gray" ? more : [range, ...more];
  return all.length > 0 ? ["-vf", all.join()] : [];
}

/** The filters that add a black edge where a side is odd. */
function blackEdges({ width, height, pixels }: FrameFormat): string[] {
  const pad = "pad=ceil(iw/2)*2:ceil(ih/2)*2";
  if (pixels === "gray") return [pad];
  if (width % 2 === 0 && height % 2 === 0) return [];
  // The pad filter would cut off an odd column of a picture with colors; those already have the size for the edge.
  return [`extractplanes=y+u+v[y][u][v];[y]${pad}[e];[e][u][v]mergeplanes=0x001020:yuv420p`];
}

/** The pixels of frames without loss, in full range. */
function exact(pixels: PixelFormat): string[] {
  return ["-pix_fmt", pixels, "-color_range", "pc"];
}

/** The codecs, in the order of the help. */
export const CODEC_ROWS = {
  h264: {
    title: "H.264",
    quality: "crf 20",
    crf: [0, 51],
    lossless: "best crf",
    evenSides: true,
    arguments: ({ crf = 20, isStream, format }) => {
      const { pixels } = format;
      // zerolatency: the encoder holds no frame back.
      const encoder = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency"];
      const quality = ["-crf", String(crf), ...keyFrameEvery(1)];
      if (crf === 0 && !isStream) {
        const edge = pixels === "gray" ? [] : blackEdges(format).flatMap((edge) => ["-vf", edge]);
        return [...edge, ...encoder, ...quality, ...exact(pixels)];
      }
      return [...filters(pixels, ...blackEdges(format)), ...encoder, ...quality, ...YUV];
    },
  },
  vp8: {
    title: "VP8",
    quality: "crf 10, up to 4 Mbit/s",
    crf: [4, 63],
    arguments: ({ crf, isStream, format }) => {
      const encoder = [
        ...filters(format.pixels),
        "-c:v",
        "libvpx",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        ...YUV,
      ];
      const common = [...encoder, ...keyFrameEvery(isStream ? 2 : 1)];
      if (crf !== undefined) return [...common, "-b:v", "100M", "-crf", String(crf)];
      return [...common, ...(isStream ? ["-b:v", "2M"] : ["-b:v", "4M", "-crf", "10"])];
    },
  },
  vp9: {
    title: "VP9",
    quality: "crf 30",
    crf: [0, 63],
    arguments: ({ crf = 30, format }) => [
      ...[
        ...filters(format.pixels),
        "-c:v",
        "libvpx-vp9",
        "-deadline",
        "realtime",
        "-cpu-used",
        "8",
        "-row-mt",
        "1",
      ],
      ...[...YUV, ...keyFrameEvery(1), "-b:v", "0", "-crf", String(crf)],
    ],
  },
  mjpeg: {
    title: "MJPEG",
    quality: "quality 3 (2 best, 31 worst)",
    arguments: () => ["-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"],
  },
  ffv1: {
    title: "FFV1",
    quality: "lossless",
    lossless: "always",
    arguments: ({ format: { pixels }, losesRange }) => [
      ...["-c:v", "ffv1", "-level", "3", "-g", "1"],
      ...(pixels === "gray"
        ? ["-pix_fmt", "gray"]
        : losesRange
        ? ["-pix_fmt", "bgr0"]
        : exact(pixels)),
    ],
  },
} as const satisfies { readonly [name: string]: CodecRow };

/** A codec's name, as `--codec` takes it. */
export type Codec = keyof typeof CODEC_ROWS;

/** The names of the codecs. */
export const CODECS = Object.keys(CODEC_ROWS) as readonly Codec[];

/** The row of a codec. */
export function codecRow(codec: Codec): CodecRow {
  return CODEC_ROWS[codec];
}

/** Whether an encoding keeps every pixel. */
export function isLossless(
  codec: Codec,
  { crf, isStream }: Pick<Encoding, "crf" | "isStream">,
): boolean {
  const { lossless, crf: [best] = [] } = codecRow(codec);
  return lossless === "always" || lossless === "best crf" && crf === best && !isStream;
}

/** A key frame at most every `seconds`, even after a gap, so that a film can be cut and played from there. */
function keyFrameEvery(seconds: number): string[] {
  const condition = `if(isnan(prev_forced_t),1,gte(t,prev_forced_t+${seconds}))`;
  return ["-force_key_frames", `expr:${condition}`];
}
