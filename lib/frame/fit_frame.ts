/** Converts frames to another format: another size, with or without colors. Pure. */

import { type Frame, grayFrame } from "./frame.ts";
import {
  chromaSize,
  frameBytes,
  type FrameFormat,
  hasColor,
  isSameFormat,
  NEUTRAL,
  planeBytes,
} from "./frame_format.ts";
import { type FrameSize, isSameSize } from "./frame_size.ts";
import { type Plane, planesOf } from "./plane.ts";
import { scalePlane } from "./scale_plane.ts";

/**
 * The frame in a format. All of it is in the new picture; black bars keep its aspect ratio. The frame itself, or a view
 * of it, where nothing has to be scaled or added.
 */
export function fitFrame(frame: Frame, format: FrameFormat): Frame {
  const { width, height } = frame.format;
  const factor = Math.min(format.width / width, format.height / height);
  const side = (from: number, most: number) =>
    Math.max(1, Math.min(most, Math.round(from * factor)));
  const inner = { width: side(width, format.width), height: side(height, format.height) };
  return converted(frame, format, inner);
}

/** The frame in a format, stretched to its size. */
export function scaleFrame(frame: Frame, format: FrameFormat): Frame {
  return converted(frame, format, format);
}

/** `inner` is the size of the scaled picture, in the middle of the new one. */
function converted(frame: Frame, format: FrameFormat, inner: FrameSize): Frame {
  if (isSameFormat(frame.format, format)) return frame;
  if (isSameSize(frame.format, format) && !hasColor(format)) return grayFrame(frame);
  const pixels = new Uint8Array(frameBytes(format));
  pixels.fill(NEUTRAL, planeBytes(format));
  const to = planesOf({ format, pixels });
  const chroma = chromaSize(inner);
  for (const [i, plane] of planesOf(frame).entries()) {
    const target = to[i];
    if (target) place(plane, target, i === 0 ? inner : chroma);
  }
  return { ...frame, format, pixels };
}

/** Scales a plane to the size of `inner` and puts it into the middle of `target`. */
function place(plane: Plane, target: Plane, inner: FrameSize): void {
  const isSame = isSameSize(plane, inner);
  const scaled = isSame ? plane.pixels : scalePlane(plane, inner);
  const left = (target.width - inner.width) >> 1;
  const top = (target.height - inner.height) >> 1;
  for (let y = 0; y < inner.height; y++) {
    const row = scaled.subarray(y * inner.width, (y + 1) * inner.width);
    target.pixels.set(row, (top + y) * target.width + left);
  }
}
