/**
 * The messages of the live page's WebSocket (`/live`). One socket carries all pictures of a page: binary messages from
 * the server are pictures, text messages in both directions are JSON, and binary messages from the page acknowledge
 * pictures that are drawn. Pure. docs/protocol.md describes it for others; page/live_socket.js is its other end.
 *
 * A picture, little endian:
 *
 *     offset  bytes
 *          0      1  kind: 1 a JPEG, 2 an H.264 keyframe, 3 another H.264 access unit
 *          1      1  flags: 1 a placeholder (NO SIGNAL), not a captured frame
 *          2      2  stream: its number, from the message "streams"
 *          4      4  number: counts the pictures of this stream on this socket from 1
 *          8      8  sequence: of the frame, a float64
 *         16      8  capturedAt: milliseconds since the Unix epoch on the server's clock, a float64
 *         24      4  rate: of the H.264 rung, bits a second; 0 for a JPEG
 *         28      4  reserved, 0
 *         32         the JPEG, or the access unit in Annex B
 *
 * An acknowledgement is 6 bytes: the stream (2) and the number (4) of a picture that is drawn, or was left out for a
 * newer one. It acknowledges the earlier ones of the stream, too. Stream 0 answers a ping, by its number.
 */

import type { Frame } from "../frame/frame.ts";
import { WireError } from "./wire_error.ts";

export const PICTURE_HEAD_BYTES = 32;
const ACK_BYTES = 6;

export const PICTURE_KINDS = { jpeg: 1, key: 2, delta: 3 } as const;
export type PictureKind = keyof typeof PICTURE_KINDS;

/** What a picture's head says. */
export interface PictureHead extends Pick<Frame, "sequence" | "capturedAt"> {
  readonly kind: PictureKind;
  readonly placeholder: boolean;
  readonly stream: number;
  readonly number: number;
  /** Bits a second; 0 for a JPEG. */
  readonly rate: number;
}

/** A whole picture message: the head and a copy of `payload`. */
export function formatPicture(head: PictureHead, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(PICTURE_HEAD_BYTES + payload.length);
  const view = new DataView(message.buffer);
  view.setUint8(0, PICTURE_KINDS[head.kind]);
  view.setUint8(1, head.placeholder ? 1 : 0);
  view.setUint16(2, head.stream, true);
  view.setUint32(4, head.number, true);
  view.setFloat64(8, head.sequence, true);
  view.setFloat64(16, head.capturedAt, true);
  view.setUint32(24, head.rate, true);
  message.set(payload, PICTURE_HEAD_BYTES);
  return message;
}

/** Which picture the page is done with, or which ping it answers: that of stream 0. */
export interface Acknowledgement {
  readonly stream: number;
  readonly number: number;
}

/** Reads an acknowledgement. Throws a `WireError` if it is none. */
export function parseAcknowledgement(bytes: Uint8Array): Acknowledgement {
  if (bytes.length !== ACK_BYTES) {
    throw new WireError(`an acknowledgement of ${bytes.length} bytes, expected: ${ACK_BYTES}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { stream: view.getUint16(0, true), number: view.getUint32(2, true) };
}
