/** The arguments of ffmpeg as an H.264 decoder: each unit's frame comes out before the next unit goes in. Pure. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { planeBytes } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { PIX_FMT } from "./raw_arguments.ts";

/** Pictures are at most as large as the frames, in whole macroblocks of 16 pixels. */
const MACROBLOCK = 16;

/**
 * FLV on stdin, raw frames of `format` on stdout: pictures of another size are scaled. ffmpeg ends at the first unit
 * that is damaged: it would make up what is missing.
 */
export function unitDecoderArguments(format: FrameFormat): string[] {
  const [width, height] = [format.width, format.height].map((side) => side + MACROBLOCK);
  const most = planeBytes({ width: width ?? 0, height: height ?? 0 });
  return [
    ...["-hide_banner", "-nostdin", "-nostats", "-loglevel", "error", "-xerror"],
    // No probing, and one thread, since each further thread delays by a frame.
    ...["-threads", "1", "-probesize", "32", "-analyzeduration", "0"],
    ...["-err_detect", "explode", "-flags", "low_delay", "-max_pixels", String(most)],
    // A rate in place of the times, so that ffmpeg neither drops nor repeats a frame.
    ...["-r", "25", "-f", "flv", "-i", "pipe:0", "-threads", "1"],
    ...["-s", formatFrameSize(format), "-pix_fmt", PIX_FMT[format.pixels]],
    ...["-flush_packets", "1", "-f", "rawvideo", "pipe:1"],
  ];
}
