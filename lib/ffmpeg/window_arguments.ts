/** The arguments of ffplay for a window that shows frames. Pure. */

import type { FrameFormat } from "../frame/frame_format.ts";
import { rawInputArguments } from "./raw_arguments.ts";

/** The largest size with which a window opens, in pixels; the user can resize it. */
const LARGEST = { width: 1600, height: 900 };

/**
 * ffplay's arguments for raw frames on stdin, shown as they arrive. The last options keep the delay at a few
 * milliseconds: the wall clock times the frames, late frames are dropped, and none are collected for probing.
 * `-autoexit` ends it when its stdin ends.
 */
export function windowArguments(format: FrameFormat, { title }: { title: string }): string[] {
  const { width, height } = format;
  const scale = Math.min(1, LARGEST.width / width, LARGEST.height / height);
  return [
    ...["-hide_banner", "-loglevel", "error", "-nostats", "-autoexit", "-window_title", title],
    ...["-x", String(Math.max(1, Math.round(width * scale)))],
    ...["-y", String(Math.max(1, Math.round(height * scale)))],
    ...rawInputArguments(format),
    ...["-use_wallclock_as_timestamps", "1", "-sync", "ext", "-framedrop"],
    ...["-probesize", "32", "-analyzeduration", "0", "-i", "pipe:0"],
  ];
}
