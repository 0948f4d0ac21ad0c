/** The arguments with which ffplay is our window. Pure. */

import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";

/** The widest and highest that a window opens with, in pixels; it can be resized. */
const LARGEST = { width: 1600, height: 900 };

/**
 * ffplay's arguments for raw gray frames on stdin, shown as they come. The last options are what keeps
 * the delay at a few milliseconds: its clock is the wall's, frames that come late are dropped, and it
 * does not collect frames to learn what they are. `-autoexit` ends it with our end.
 */
export function windowArguments(size: FrameSize, { title }: { title: string }): string[] {
  const scale = Math.min(1, LARGEST.width / size.width, LARGEST.height / size.height);
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostats", "-autoexit", "-window_title", title],
    ...["-x", String(Math.max(1, Math.round(size.width * scale)))],
    ...["-y", String(Math.max(1, Math.round(size.height * scale)))],
    ...["-f", "rawvideo", "-pixel_format", "gray", "-video_size", formatFrameSize(size)],
    ...["-use_wallclock_as_timestamps", "1", "-sync", "ext", "-framedrop"],
    ...["-probesize", "32", "-analyzeduration", "0", "-i", "pipe:0"],
  ];
}
