/**
 * Makes a JPEG of a camera one that browsers read. Motion JPEG leaves out what every frame would repeat (the Huffman
 * tables, as in AVI files), and drivers hand over their whole buffer. Pure: bytes in, the complete JPEG out.
 */

import type { FrameSize } from "../frame/frame_size.ts";
import { readJpeg } from "./jpeg.ts";
import { WireError } from "./wire_error.ts";

const DHT = 0xc4;
const SOS = 0xda;
const EOI = 0xd9;

/** A segment with the typical Huffman tables (ITU T.81, K.3.3), which Motion JPEG means where it has none. */
const HUFFMAN_TABLES = Uint8Array.fromBase64(
  "/8QBogAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoLAQADAQEBAQEBAQEBAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMC" +
    "BAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNE" +
    "RUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TF" +
    "xsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+hEAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMi" +
    "MoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3" +
    "eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP0" +
    "9fb3+Pn6",
);

/** A JPEG that stands alone, and its size. A view where nothing is missing. Throws a `WireError` if it is damaged. */
export function completeJpeg(bytes: Uint8Array): { bytes: Uint8Array; size: FrameSize } {
  const whole = bytes.subarray(0, endOf(bytes));
  const size = readJpeg(whole);
  const scan = scanWithoutTables(whole);
  if (scan === undefined) return { bytes: whole, size };
  const complete = new Uint8Array(whole.length + HUFFMAN_TABLES.length);
  complete.set(whole.subarray(0, scan));
  complete.set(HUFFMAN_TABLES, scan);
  complete.set(whole.subarray(scan), scan + HUFFMAN_TABLES.length);
  return { bytes: complete, size };
}

/** Where the JPEG ends; drivers fill up with zeros or with what was there before. */
function endOf(bytes: Uint8Array): number {
  for (let at = bytes.length; (at = bytes.lastIndexOf(EOI, at - 1)) > 0;) {
    if (bytes[at - 1] === 0xff) return at + 1;
  }
  throw new WireError("a JPEG is cut");
}

/** Where the scan begins if there is no Huffman table before it; undefined if there is one. */
function scanWithoutTables(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 2; at + 4 <= bytes.length; at += 2 + view.getUint16(at + 2)) {
    const marker = bytes[at + 1];
    if (marker === DHT) return undefined;
    if (marker === SOS) return at;
  }
  return undefined;
}
