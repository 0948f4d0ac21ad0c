/** What a capture reads its frames from: ffmpeg, or stdin itself. */

import type { FrameSize } from "../frame/frame_size.ts";

/** How a source ended. */
export interface SourceEnd {
  /** Of ffmpeg; 0 where there is none. */
  readonly code: number;
  readonly killed: Deno.Signal | null;
  /** The last lines that ffmpeg printed. */
  readonly lines: string[];
}

/** Disposing of it ends it. */
export interface FrameSource extends AsyncDisposable {
  readonly size: FrameSize;
  /** Frames a second; undefined where the source does not say. */
  readonly fps: number | undefined;
  /** From its start to its first frame, in milliseconds. */
  readonly took: number;
  /**
   * The pixels of the next frame, `width*height` bytes in a buffer that belongs to the caller; undefined at
   * the end. One call at a time.
   */
  next(): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Ends the reading: `next` gives undefined. Can be called again. */
  cancel(): void;
  /** How it ended, once `next` has given undefined. */
  end(): Promise<SourceEnd>;
}
