/**
 * Reads what ffmpeg prints at `-loglevel level+info` about its input: only for messages, since the text changes from
 * version to version. Lines in, the size out.
 *
 *     [info] Input #0, video4linux2,v4l2, from '/dev/video0':
 *     [info]   Stream #0:0: Video: rawvideo (YUY2 / 0x32595559), yuyv422, 640x480, 147456 kb/s, 30 fps, ...
 */

import type { FrameSize } from "../frame/frame_size.ts";

export class StreamInfo {
  /** The size of the input's first video stream; undefined until ffmpeg has printed it. */
  size: FrameSize | undefined;
  #isInput = false;

  /** Reads one line of stderr. */
  read(line: string): void {
    const text = line.replace(/^\[info\] /, "");
    if (/^(Input|Output) #\d/.test(text)) this.#isInput = text.startsWith("Input");
    if (this.#isInput) this.size ??= parseVideoSize(text);
  }
}

/** Reads `  Stream #0:0: Video: ...`; undefined for any other line. */
function parseVideoSize(line: string): FrameSize | undefined {
  if (!/^ *Stream #\d+:\d+[^ ]*: Video: \w/.test(line)) return undefined;
  const sides = /, ([1-9]\d*)x([1-9]\d*)[ ,]/.exec(`${line},`);
  return sides ? { width: Number(sides[1]), height: Number(sides[2]) } : undefined;
}
