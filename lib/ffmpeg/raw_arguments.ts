/** ffmpeg's names of our pixels, and the arguments of an input of raw frames for ffmpeg and ffplay. Pure. */

import type { FrameFormat, PixelFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";

/** ffmpeg's name of a pixel format. The J is for JPEG, whose range is full. */
export const PIX_FMT: { readonly [pixels in PixelFormat]: string } = {
  gray: "gray",
  yuv420p: "yuvj420p",
};

/** The options of an input of raw frames, placed before its `-i`. */
export function rawInputArguments(format: FrameFormat): string[] {
  const size = formatFrameSize(format);
  return ["-f", "rawvideo", "-pixel_format", PIX_FMT[format.pixels], "-video_size", size];
}
