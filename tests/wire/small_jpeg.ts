/** JPEGs for tests of readers, which look at the beginning, the size and the end. */

import type { FrameSize } from "../../lib/frame/frame_size.ts";

/** The parts of a JPEG that the reader checks. */
export function smallJpeg({ width, height }: FrameSize, filling: number): Uint8Array {
  const sof = [0xff, 0xc0, 0, 11, 8, 0, height, 0, width, 1, 1, 0x11, 0];
  return Uint8Array.from([0xff, 0xd8, ...sof, 0xff, 0xda, 0, 2, filling, filling, 0xff, 0xd9]);
}
