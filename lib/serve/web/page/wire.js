/** The binary messages of the page's socket: pictures from the server, acknowledgements to it. lib/wire/live_message.ts describes them. */

const HEAD_BYTES = 32;
const KINDS = { 1: "jpeg", 2: "key", 3: "delta" };

/**
 * Reads a picture: its head, and `bytes`, which share the message's buffer. Undefined if it is none, for example one of
 * a newer server.
 */
export function parsePicture(buffer) {
  if (buffer.byteLength < HEAD_BYTES) return undefined;
  const view = new DataView(buffer);
  const kind = KINDS[view.getUint8(0)];
  if (!kind) return undefined;
  return {
    kind,
    placeholder: (view.getUint8(1) & 1) === 1,
    stream: view.getUint16(2, true),
    number: view.getUint32(4, true),
    sequence: view.getFloat64(8, true),
    capturedAt: view.getFloat64(16, true),
    rate: view.getUint32(24, true),
    bytes: new Uint8Array(buffer, HEAD_BYTES),
  };
}

/** Acknowledges a picture, and the earlier ones of its stream. */
export function formatAcknowledgement({ stream, number }) {
  const view = new DataView(new ArrayBuffer(6));
  view.setUint16(0, stream, true);
  view.setUint32(2, number, true);
  return new Uint8Array(view.buffer);
}
