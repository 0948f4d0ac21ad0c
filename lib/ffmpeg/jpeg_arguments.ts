/**
 * The arguments of ffmpeg as a JPEG encoder and decoder: each frame comes out before the next one goes in. Pure.
 */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";

/** The first arguments of both: only errors, and one thread, since each further thread delays by a frame. */
const HEAD = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-threads", "1"];

/** No probing: the arguments describe the input. */
const NO_PROBE = ["-probesize", "32", "-analyzeduration", "0"];

/** Raw gray frames on stdin, multipart JPEG with Content-Length on stdout. `quality`: 1 to 100. */
export function jpegEncoderArguments(size: FrameSize, { quality }: { quality: number }): string[] {
  return [
    ...HEAD,
    ...NO_PROBE,
    ...["-f", "rawvideo", "-pixel_format", "gray", "-video_size", formatFrameSize(size)],
    ...["-i", "pipe:0", "-threads", "1"],
    // JPEG has full-range luma; chroma stays neutral.
    ...["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-qmin", "1", "-q:v", String(quantizer(quality))],
    ...["-flush_packets", "1", "-f", "mpjpeg", "pipe:1"],
  ];
}

/** Multipart JPEG on stdin, raw gray frames of `size` on stdout. */
export function jpegDecoderArguments(size: FrameSize): string[] {
  return [
    ...HEAD,
    ...NO_PROBE,
    ...["-f", "mpjpeg", "-i", "pipe:0", "-threads", "1"],
    ...["-s", formatFrameSize(size), "-pix_fmt", "gray"],
    ...["-flush_packets", "1", "-f", "rawvideo", "pipe:1"],
  ];
}

/** ffmpeg's quantizer for a quality: 1 (finest) for 100, 31 (coarsest) for 1. */
function quantizer(quality: number): number {
  return Math.round((1 + (100 - quality) * 30 / 99) * 100) / 100;
}
