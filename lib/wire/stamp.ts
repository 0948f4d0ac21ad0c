/**
 * The stamp of `--stamp`: capture time and sequence number inside the picture, so that latency and
 * loss can be measured over the unchanged raw stream.
 */

import { type Frame, grayPixels } from "../frame/frame.ts";

/** Bytes of a stamp: u64 nanoseconds since the Unix epoch, then u32 sequence, little endian. */
export const STAMP_BYTES = 12;

/**
 * Overwrites the first 12 pixels with the frame's stamp. Only for a frame that is not shared yet; one
 * of fewer than 12 pixels stays as it is.
 */
export function writeStamp(frame: Frame): void {
  const { capturedAt, sequence } = frame;
  const pixels = grayPixels(frame);
  if (pixels.length < STAMP_BYTES) return;
  const view = new DataView(pixels.buffer, pixels.byteOffset, STAMP_BYTES);
  view.setBigUint64(0, BigInt(Math.round(capturedAt * 1e3)) * 1000n, true);
  view.setUint32(8, sequence >>> 0, true);
}

/** Reads the stamp of a picture: when it was captured (milliseconds since the epoch) and its number. */
export function readStamp(
  pixels: Uint8Array,
): { capturedAt: number; sequence: number } | undefined {
  if (pixels.length < STAMP_BYTES) return undefined;
  const view = new DataView(pixels.buffer, pixels.byteOffset, STAMP_BYTES);
  return {
    capturedAt: Number(view.getBigUint64(0, true)) / 1e6,
    sequence: view.getUint32(8, true),
  };
}
