/** Checks, without decoding it, that a JPEG is complete, and reads its size. */

import type { FrameSize } from "../frame/frame_size.ts";
import { WireError } from "./wire_error.ts";

/** Markers (ITU T.81, table B.1). */
const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda];
/** Start of frame, of all kinds: C4, C8 and CC are other tables. */
const isFrameHeader = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The size of a JPEG. Throws a `WireError` if the bytes are not a complete JPEG. */
export function readJpeg(bytes: Uint8Array): FrameSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isMarker = (at: number, marker: number) =>
    at >= 0 && bytes[at] === 0xff && bytes[at + 1] === marker;
  if (!isMarker(0, SOI)) throw new WireError("a picture is not a JPEG");
  if (!isMarker(bytes.length - 2, EOI)) throw new WireError("a JPEG is cut");
  let size: FrameSize | undefined;
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === 0xff) throw new WireError("a JPEG's segments are damaged");
    if (marker === SOS) break;
    if (isFrameHeader(marker)) {
      if (at + 9 > bytes.length) break;
      size = { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    }
    at += 2 + view.getUint16(at + 2);
  }
  if (!size) throw new WireError("a JPEG has no size");
  return size;
}
