/** The format of a frame: its size, and how its pixels are stored. */

import { formatFrameSize, type FrameSize, isSameSize } from "./frame_size.ts";

/**
 * How the pixels of a frame are stored, by ffmpeg's names. Rows have no padding, planes follow each other:
 *
 * - `gray`: `width*height` bytes, 0 = black.
 * - `yuv420p`, in full range (ffmpeg's yuvj420p): the bytes of `gray` first, then U and V, each
 *   `ceil(width/2)*ceil(height/2)` bytes, 128 = no color.
 */
export const PIXEL_FORMATS = ["gray", "yuv420p"] as const;
export type PixelFormat = typeof PIXEL_FORMATS[number];

export interface FrameFormat extends FrameSize {
  readonly pixels: PixelFormat;
}

/** The value of U and V without color. */
export const NEUTRAL = 128;

/** A format of gray frames. */
export function grayFormat({ width, height }: FrameSize): FrameFormat {
  return { width, height, pixels: "gray" };
}

/** The number of bytes of a frame. */
export function frameBytes(format: FrameFormat): number {
  return planeBytes(format) + (hasColor(format) ? 2 * planeBytes(chromaSize(format)) : 0);
}

/** The number of bytes of a plane of this size; that of a frame's own size is its gray plane. */
export function planeBytes({ width, height }: FrameSize): number {
  return width * height;
}

/** The size of U and of V. */
export function chromaSize({ width, height }: FrameSize): FrameSize {
  return { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
}

export function hasColor({ pixels }: Pick<FrameFormat, "pixels">): boolean {
  return pixels === "yuv420p";
}

/** Whether two formats have the same size and the same pixels. */
export function isSameFormat(a: FrameFormat, b: FrameFormat): boolean {
  return isSameSize(a, b) && a.pixels === b.pixels;
}

/** Writes a format for people: `640x480`, or `640x480 color`. */
export function formatFrameFormat(format: FrameFormat): string {
  return `${formatFrameSize(format)}${hasColor(format) ? " color" : ""}`;
}
