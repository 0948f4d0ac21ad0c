/**
 * The arguments of ffmpeg as a JPEG encoder and decoder: each frame comes out before the next one goes in. Pure.
 */

import type { FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize, isSameSize } from "../frame/frame_size.ts";
import { PIX_FMT, rawInputArguments } from "./raw_arguments.ts";

/** The first arguments of both: only errors, and one thread, since each further thread delays by a frame. */
const HEAD = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-threads", "1"];

/** No probing: the arguments describe the input. */
const NO_PROBE = ["-probesize", "32", "-analyzeduration", "0"];

/**
 * Raw frames of `format` on stdin, multipart JPEG of `size` with Content-Length on stdout. `quality`: 1 to 100; `size`:
 * that of the frames by default.
 */
export function jpegEncoderArguments(
  format: FrameFormat,
  { quality, size = format }: { quality: number; size?: FrameSize },
): string[] {
  const isScaled = !isSameSize(size, format);
  return [
    ...HEAD,
    ...NO_PROBE,
    ...rawInputArguments(format),
    ...["-i", "pipe:0", "-threads", "1"],
    ...(isScaled ? ["-vf", `scale=${size.width}:${size.height}:flags=area`] : []),
    // JPEG has full range; the chroma of gray frames is neutral.
    ...["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-qmin", "1", "-q:v", String(quantizer(quality))],
    ...["-flush_packets", "1", "-f", "mpjpeg", "pipe:1"],
  ];
}

/** Multipart JPEG on stdin, raw frames of `format` on stdout. */
export function jpegDecoderArguments(format: FrameFormat): string[] {
  return [
    ...HEAD,
    ...NO_PROBE,
    ...["-f", "mpjpeg", "-i", "pipe:0", "-threads", "1"],
    ...["-s", formatFrameSize(format), "-pix_fmt", PIX_FMT[format.pixels]],
    ...["-flush_packets", "1", "-f", "rawvideo", "pipe:1"],
  ];
}

/** ffmpeg's quantizer for a quality: 1 (finest) for 100, 31 (coarsest) for 1. */
function quantizer(quality: number): number {
  return Math.round((1 + (100 - quality) * 30 / 99) * 100) / 100;
}
