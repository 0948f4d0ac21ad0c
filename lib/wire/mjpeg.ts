/**
 * The mjpeg wire: multipart JPEG as ffmpeg's mpjpeg muxer writes it and browsers read it; each picture
 * can be decoded alone. Bytes in, JPEGs out, and the other way; no I/O.
 *
 *     --ffmpeg
 *     Content-Type: image/jpeg
 *     Content-Length: 36123
 *     X-Sequence: 7
 *     X-Timestamp: 1760000000000.125
 *     X-Ack: 6:1760000000000.5
 *
 * Then come an empty line, the JPEG, and at once the next boundary, so that no reader waits for it. A NO
 * SIGNAL picture has `X-Kind: placeholder`.
 */

import type { Frame } from "../frame/frame.ts";
import { planeBytes } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Ending } from "../frame/latest.ts";
import { type Head, HeadedReader } from "./headed_reader.ts";
import { readJpeg } from "./jpeg.ts";
import { quote, WireError } from "./wire_error.ts";
import type { AckNote } from "./wire_frame.ts";
import { readEnding, readNote } from "./y4m.ts";

const BOUNDARY = "--ffmpeg\r\n";

/** The head, without a picture, that tells a client with a greeting why no more pictures come. */
export function formatMjpegEnd(ending: Ending): string {
  return `X-End: ${ending === "over" ? "1" : ending}\r\n\r\n`;
}

/** The beginning of the stream. */
export const MJPEG_PREAMBLE = BOUNDARY;

const encoder = new TextEncoder();
const latin1 = new TextDecoder("latin1");

/** A JPEG as a part of the stream, with the boundary that ends it. */
export function writeMjpegPart(
  jpeg: Uint8Array,
  note: Pick<Frame, "sequence" | "capturedAt" | "kind"> & { ack?: AckNote | undefined },
): Uint8Array<ArrayBuffer> {
  const ack = note.ack ? `X-Ack: ${note.ack.count}:${note.ack.at.toFixed(3)}\r\n` : "";
  const kind = note.kind ? `X-Kind: ${note.kind}\r\n` : "";
  const head = encoder.encode(
    `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n` +
      `X-Sequence: ${note.sequence}\r\nX-Timestamp: ${
        note.capturedAt.toFixed(3)
      }\r\n${kind}${ack}\r\n`,
  );
  const tail = encoder.encode(`\r\n${BOUNDARY}`);
  const part = new Uint8Array(head.length + jpeg.length + tail.length);
  part.set(head);
  part.set(jpeg, head.length);
  part.set(tail, head.length + jpeg.length);
  return part;
}

/**
 * The maximum number of bytes of a JPEG of this size: noise at the best quality takes 2 bytes per pixel, and
 * small pictures consist mostly of tables.
 */
function maxJpegBytes(size: FrameSize): number {
  return 4 * planeBytes(size) + 65536;
}

/** Reads multipart JPEG; each JPEG has a beginning, an end, and the size that was announced. */
export class MjpegReader extends HeadedReader {
  readonly #size: FrameSize;

  constructor(size: FrameSize) {
    super();
    this.#size = size;
  }

  protected override readHead(bytes: Uint8Array<ArrayBuffer>, now: number): Head | undefined {
    // The end of line after a body and the boundary may come before the head.
    const begin = bytes.findIndex((byte) => byte !== 0x0d && byte !== 0x0a);
    if (begin > 4) throw new WireError("a part begins with empty lines");
    if (begin >= 0 && bytes[begin] !== 0x2d) throw new WireError("a part has no boundary");
    const text = latin1.decode(bytes);
    const end = text.indexOf("\r\n\r\n", Math.max(0, begin));
    if (begin < 0 || end < 0) return undefined;
    const fields = fieldsOf(text.slice(begin, end));
    const reason = fields.get("x-end");
    if (reason !== undefined) {
      const ending = readEnding(reason === "1" ? undefined : reason);
      return { end: end + 4, bodyBytes: 0, note: undefined, ending };
    }
    const length = fields.get("content-length") ?? "";
    const maxBytes = maxJpegBytes(this.#size);
    const bodyBytes = /^\d{1,10}$/.test(length) ? Number(length) : NaN;
    if (!(bodyBytes >= 1 && bodyBytes <= maxBytes)) {
      throw new WireError(
        `Content-Length is ${quote(length)}, expected: 1 to ${maxBytes}`,
      );
    }
    const [sequence, time, ack, kind] = ["x-sequence", "x-timestamp", "x-ack", "x-kind"].map((
      name,
    ) => fields.get(name));
    return { end: end + 4, bodyBytes, note: readNote({ sequence, time, ack, kind }, now) };
  }

  protected override checkBody(body: Uint8Array<ArrayBuffer>): void {
    const [has, said] = [readJpeg(body), this.#size].map(formatFrameSize);
    if (has !== said) throw new WireError(`a JPEG is ${has}, announced: ${said}`);
  }
}

/** The `Name: value` lines behind the boundary, names in lower case. */
function fieldsOf(head: string): Map<string, string> {
  const [, ...lines] = head.split("\r\n");
  return new Map(lines.map((line) => {
    const colon = line.indexOf(":");
    if (colon < 1) throw new WireError(`a part's head contains the line ${quote(line)}`);
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  }));
}
