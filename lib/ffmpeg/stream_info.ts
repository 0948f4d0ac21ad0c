/**
 * What ffmpeg says at `-loglevel info` of the video that it reads and writes. Lines in, facts out.
 *
 *     Input #0, video4linux2,v4l2, from '/dev/video0':
 *       Stream #0:0: Video: rawvideo (YUY2 / 0x32595559), yuyv422, 640x480, 147456 kb/s, 30 fps, ...
 *     Output #0, rawvideo, to 'pipe:1':
 *       Stream #0:0: Video: rawvideo (Y800 / 0x30303859), gray(pc), 640x480, q=2-31, ..., 30 fps, ...
 */

import type { FrameSize } from "../frame/frame_size.ts";

/** A video stream as ffmpeg names it. */
export interface VideoStream {
  /** As `h264` or `rawvideo`. */
  readonly codec: string;
  readonly size: FrameSize;
  /** Frames a second; undefined where the source does not say. */
  readonly fps: number | undefined;
}

/** Collects the first video stream of the input and of the output from the lines as they come. */
export class StreamInfo {
  input: VideoStream | undefined;
  output: VideoStream | undefined;
  #section: "input" | "output" | undefined;

  /** Reads one line of stderr. A file's own metadata is indented deeper and can't pass for a fact. */
  read(line: string): void {
    if (/^Input #\d/.test(line)) this.#section = "input";
    else if (/^Output #\d/.test(line)) this.#section = "output";
    else if (this.#section && this[this.#section] === undefined) {
      this[this.#section] = parseVideoStream(line);
    }
  }
}

/** Reads `  Stream #0:0: Video: ...`; undefined where the line is another. */
export function parseVideoStream(line: string): VideoStream | undefined {
  const head = /^ {2}Stream #\d+:\d+[^ ]*: Video: (\w+)/.exec(line);
  const sides = /, ([1-9]\d*)x([1-9]\d*)[ ,]/.exec(`${line},`);
  if (!head?.[1] || !sides) return undefined;
  const size = { width: Number(sides[1]), height: Number(sides[2]) };
  const fps = /, ([\d.]+)(k?) fps\b/.exec(line);
  return {
    codec: head[1],
    size,
    fps: fps ? Number(fps[1]) * (fps[2] ? 1000 : 1) : undefined,
  };
}
