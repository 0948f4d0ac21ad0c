/** The arguments of ffmpeg for a PNG of one gray frame: pixels in, the file out. Pure. */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";

export function pngEncoderArguments(size: FrameSize): string[] {
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "error", "-f", "rawvideo"],
    ...["-pixel_format", "gray", "-video_size", formatFrameSize(size), "-i", "pipe:0"],
    ...["-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"],
  ];
}
