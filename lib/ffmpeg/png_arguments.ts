/** The arguments of ffmpeg for a PNG of one frame: pixels in, the file out. Pure. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { rawInputArguments } from "./raw_arguments.ts";

export function pngEncoderArguments(format: FrameFormat): string[] {
  return [
    ...["-hide_banner", "-nostats", "-loglevel", "error"],
    ...[...rawInputArguments(format), "-i", "pipe:0"],
    ...["-frames:v", "1", "-c:v", "png", "-f", "image2pipe", "pipe:1"],
  ];
}
