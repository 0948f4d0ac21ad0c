/** What frames can be written to, one after the other. */

import { formatBytes } from "../log/format_bytes.ts";
import type { Frame } from "../frame/frame.ts";
import { plural } from "../log/plural.ts";

/** How much was written. */
export interface Progress {
  readonly seconds: number;
  readonly bytes: number;
  readonly frames: number;
}

/** Disposing of it ends it well; that throws a `Failure` where it fails. */
export interface Clip extends AsyncDisposable {
  readonly progress: Progress;
  /** The program is asked to stop: a write that is stuck is given up soon. */
  hurry?(): void;
  /** Writes a frame; false when its reader has closed the pipe. Throws a `Failure` where it can't. */
  write(frame: Frame): Promise<boolean>;
}

/** As people read it: `0:01:05, 12.3 MB, 1950 frames`. */
export function formatProgress({ seconds, bytes, frames }: Progress): string {
  const whole = Math.round(seconds);
  const [h, m, s] = [whole / 3600, whole / 60 % 60, whole % 60].map(Math.floor);
  const time = `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}`;
  // ffmpeg does not report the size of stills.
  const size = bytes > 0 ? `, ${formatBytes(bytes)}` : "";
  return `${time}${size}, ${plural(frames, "frame")}`;
}
