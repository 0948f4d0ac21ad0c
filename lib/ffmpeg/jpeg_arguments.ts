/**
 * The arguments with which ffmpeg is our JPEG encoder and decoder: a frame in, a frame out, none held
 * back. Pure.
 */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";

/** What both begin with: errors only, and one thread, since each further one holds a frame back. */
const HEAD = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-threads", "1"];

/** Nothing is read ahead to learn what the input is: it is told. */
const TOLD = ["-probesize", "32", "-analyzeduration", "0"];

/** Raw gray frames on stdin, multipart JPEG with Content-Length on stdout. `quality`: 1 to 100. */
export function jpegEncoderArguments(size: FrameSize, { quality }: { quality: number }): string[] {
  return [
    ...HEAD,
    ...TOLD,
    ...["-f", "rawvideo", "-pixel_format", "gray", "-video_size", formatFrameSize(size)],
    ...["-i", "pipe:0", "-threads", "1"],
    // A JPEG's brightness has the full range; its colours stay empty.
    ...["-pix_fmt", "yuvj420p", "-c:v", "mjpeg", "-qmin", "1", "-q:v", String(quantizer(quality))],
    ...["-flush_packets", "1", "-f", "mpjpeg", "pipe:1"],
  ];
}

/** Multipart JPEG on stdin, raw gray frames of `size` on stdout. */
export function jpegDecoderArguments(size: FrameSize): string[] {
  return [
    ...HEAD,
    ...TOLD,
    ...["-f", "mpjpeg", "-i", "pipe:0", "-threads", "1"],
    ...["-s", formatFrameSize(size), "-pix_fmt", "gray"],
    ...["-flush_packets", "1", "-f", "rawvideo", "pipe:1"],
  ];
}

/** ffmpeg's scale for a quality: 100 is its finest step, 1; quality 1 its coarsest, 31. */
function quantizer(quality: number): number {
  return Math.round((1 + (100 - quality) * 30 / 99) * 100) / 100;
}
