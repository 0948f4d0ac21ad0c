/** The rungs of a stream in H.264: the rates at which it is encoded, from which each viewer gets one that its link carries. Pure. */

import type { FrameSize } from "../frame/frame_size.ts";

export interface Rung {
  /** Bits per second, the bound. */
  readonly rate: number;
  /** Of the pictures: that of the stream or smaller, with even sides. */
  readonly size: FrameSize;
  /** Whether a viewer begins with it: it costs nothing, and its keyframes come often. */
  readonly isFirst?: boolean;
}

/** The rates of all rungs, and how long the longer side of the picture may be, in pixels: more would look worse. */
const LADDER = [
  { rate: 300_000, side: 640 },
  { rate: 600_000, side: 960 },
  { rate: 1_200_000, side: 1280 },
  { rate: 2_400_000, side: 1600 },
  { rate: 4_800_000, side: 2560 },
  { rate: 9_600_000, side: 3840 },
];

/** How many rungs there are at least. */
const LEAST = 3;

/** The rate that is good for 640x480. It grows slower than the number of pixels: larger pictures are smoother. */
const GOOD_RATE = 2_400_000;
const GOOD_PIXELS = 640 * 480;
const GROWTH = 0.7;

/** The rungs for pictures of this size, lowest first. The last one has the full size. */
export function rungsFor(size: FrameSize): readonly Rung[] {
  const good = GOOD_RATE * (size.width * size.height / GOOD_PIXELS) ** GROWTH;
  const count = LADDER.filter(({ rate }) => rate < 1.5 * good).length;
  const ladder = LADDER.slice(0, Math.max(LEAST, count));
  return ladder.map(({ rate, side }, i) => ({
    rate,
    size: fit(size, i === ladder.length - 1 ? Infinity : side),
  }));
}

/** The size whose longer side is at most `side`. H.264 stores colors at half the size: the sides must be even. */
function fit({ width, height }: FrameSize, side: number): FrameSize {
  const scale = Math.min(1, side / Math.max(width, height));
  const even = (length: number) => Math.max(2, 2 * Math.round(length * scale / 2));
  return { width: even(width), height: even(height) };
}
