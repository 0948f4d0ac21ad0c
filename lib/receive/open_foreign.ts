/** Streams of servers that send no greeting: raw frames, or y4m. */

import { Failure } from "../log/failure.ts";
import { grayFormat } from "../frame/frame_format.ts";
import { RawReader } from "../wire/raw.ts";
import { Y4M_MAGIC, Y4mReader } from "../wire/y4m.ts";
import type { Connection } from "./connection.ts";
import { findSize } from "./find_size.ts";
import { foreignBytes } from "./foreign_bytes.ts";
import { ClosedAtOnce } from "./greet.ts";
import type { OpenStream, StreamRequest } from "./open_stream.ts";
import type { Platform } from "./platform.ts";
import { compareSizes } from "./sizes_differ.ts";

interface Context {
  readonly platform: Platform;
  /** The bytes that have come so far. */
  readonly rest: Uint8Array<ArrayBuffer>;
}

/** A raw stream has begun without a size, and the user gave none. */
export class Unannounced extends Failure {
  override name = "Unannounced";

  constructor() {
    super(
      "The server does not announce the size of its frames",
      "give WIDTH and HEIGHT, as in: ./client HOST PORT 320 240, or try --size auto",
    );
  }
}

/** Whether these bytes are a TLS server's answer to a peer without TLS: an alert (21), version 3.x. */
export function isTlsAlert(bytes: Uint8Array): boolean {
  return bytes[0] === 0x15 && bytes[1] === 0x03;
}

/** Opens a stream by its first bytes. Throws a `Failure` that names what they are if it is no video of ours. */
export async function openForeign(
  conn: Connection,
  request: StreamRequest,
  context: Context,
): Promise<OpenStream> {
  const { rest } = context;
  const known = foreignBytes(rest, request);
  if (known && (request.size === undefined || isText(rest))) throw known;
  if (known) request.log.warn(`${known.message}? (${known.hint})`);
  return latin1(rest.subarray(0, Y4M_MAGIC.length)) === Y4M_MAGIC
    ? await openY4m(conn, request, context)
    : await openRaw(conn, request, context);
}

/** Opens a raw stream that nothing announces. Throws `Unannounced` if its size is not known. */
export async function openRaw(
  conn: Connection,
  { size, stride }: StreamRequest,
  { platform, rest }: Context,
): Promise<OpenStream> {
  if (size === undefined) throw new Unannounced();
  const openedAt = platform.wallClock();
  const common = { wire: "raw", fps: undefined, conn, isForeign: true, openedAt } as const;
  if (size !== "auto") {
    const format = grayFormat(size);
    return { ...common, format, reader: new RawReader(format, { stride }), rest };
  }
  const found = await findSize(conn, { begun: rest, clock: platform.clock });
  return { ...common, format: grayFormat(found.geometry), reader: found.reader, rest: found.rest };
}

/** A y4m stream whose first line tells the format. */
async function openY4m(
  conn: Connection,
  request: StreamRequest,
  { platform, rest }: Context,
): Promise<OpenStream> {
  const reader = new Y4mReader();
  reader.space.set(rest);
  reader.filled(rest.length, 0);
  for (reader.readHeader(); !reader.format; reader.readHeader()) {
    const count = await conn.read(reader.space);
    if (count === null) throw new ClosedAtOnce();
    reader.filled(count, 0);
  }
  const { format, fps } = reader;
  compareSizes(format, request.size);
  const openedAt = platform.wallClock();
  const none = new Uint8Array();
  return { wire: "y4m", format, fps, conn, reader, rest: none, isForeign: true, openedAt };
}

/** Whether a server has answered in words: pixels do not look like this. */
function isText(bytes: Uint8Array): boolean {
  return /^[A-Z<][\x20-\x7e]{7}/.test(latin1(bytes.subarray(0, 8)));
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
