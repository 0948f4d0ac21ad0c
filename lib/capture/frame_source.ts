/** The shape of what a capture reads frames from: ffmpeg, or stdin. */

import type { FrameFormat } from "../frame/frame_format.ts";

/** How a source ended. */
export interface SourceEnd {
  /** ffmpeg's exit code; 0 without ffmpeg. */
  readonly code: number;
  readonly killed: Deno.Signal | null;
  /** The last lines that ffmpeg printed. */
  readonly lines: string[];
}

/** An open source. Disposing of it ends it. */
export interface FrameSource extends AsyncDisposable {
  readonly format: FrameFormat;
  /** Frames a second; undefined where the source does not announce it. */
  readonly fps: number | undefined;
  /** The time from its start to its first frame, in milliseconds. */
  readonly took: number;
  /**
   * The pixels of the next frame, `frameBytes(format)` bytes in a buffer that belongs to the caller; undefined at
   * the end. Only one call at a time.
   */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Ends the reading: `next` gives undefined. Can be called again. */
  cancel(): void;
  /** How it ended, after `next` has given undefined. It can take as long as the process runs. */
  end(): Promise<SourceEnd>;
}
