/** Connects to a server and agrees with it on a wire, or detects a server that sends no greeting. */

import { formatDuration } from "../log/format_duration.ts";
import { Failure, messageOf } from "../log/failure.ts";
import { type FrameFormat, hasColor, type PixelFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { formatHello, parseAnswer, type StreamDescription, type Wire } from "../wire/hello.ts";
import { UnitReader } from "../wire/h264.ts";
import { MjpegReader } from "../wire/mjpeg.ts";
import { RawReader } from "../wire/raw.ts";
import { loopIn } from "../wire/via.ts";
import type { WireReader } from "../wire/wire_frame.ts";
import { formatServer, NotReady, type ServerAddress } from "./connect.ts";
import { type Connection, writeAll } from "./connection.ts";
import { ConnectionGuard } from "./connection_guard.ts";
import { ClosedAtOnce, greet } from "./greet.ts";
import { isTlsAlert, openForeign, openRaw, Unannounced } from "./open_foreign.ts";
import type { Platform } from "./platform.ts";
import { checkSize, compareSizes } from "./sizes_differ.ts";
import { closedBeforeFirstFrame, oneStreamOnly, refused } from "./stream_end.ts";
import { Y4mReader } from "../wire/y4m.ts";

export interface StreamRequest extends ServerAddress {
  /** The wire to ask for; undefined: send no greeting, and read raw frames. */
  readonly wire: Wire | undefined;
  /** The pixels to ask for; a server may have gray ones only. Undefined: gray. */
  readonly pixels?: PixelFormat | undefined;
  /** Whether H.264 is to be steady, for a record of it. */
  readonly steady?: boolean | undefined;
  /** The secret that the server requires, if it does. */
  readonly token?: string | undefined;
  /** The name of one of the server's streams; undefined: its first one. */
  readonly stream?: string | undefined;
  /** The id of this server, if it is going to pass the stream on. */
  readonly serverId?: string | undefined;
  /** The size that the user gave; undefined: the server announces it; "auto": detect it. */
  readonly size: FrameSize | "auto" | undefined;
  /** The server's pictures may have as many pixels as one of this size; undefined: no limit. */
  readonly maxSize?: FrameSize | undefined;
  /** Bytes from one row's start to the next on a raw stream with padded rows. */
  readonly stride?: number | undefined;
  readonly log: Pick<Log, "warn">;
  /** Milliseconds that the connection may take; undefined: 10 s. */
  readonly connectLimitMs?: number | undefined;
  /** Seconds that the opening may take. */
  readonly stall: number;
  /** Whether the limit counts from the first byte only. */
  readonly awaitsFirst?: boolean;
  /** Whether the server has answered a greeting before: it is no foreign one. */
  readonly isKnown?: boolean;
}

/** A stream that is open. Whoever opened it closes `conn`. */
export interface OpenStream extends StreamDescription {
  readonly conn: Connection;
  readonly reader: WireReader;
  /** Bytes that are read already and belong to the reader. */
  readonly rest: Uint8Array<ArrayBuffer>;
  /** Whether the server is another program: it answers no greeting and expects no acknowledgements. */
  readonly isForeign: boolean;
  /** When it was open and its answer was acknowledged, on the clock of frames. */
  readonly openedAt: number;
}

/** What acknowledges an answer or a frame: any byte does. */
export const ACK = new Uint8Array([0x0a]);

/**
 * How long a client that knows the size waits for frames before it greets, in milliseconds. The server
 * waits 100 ms for a greeting.
 */
const LISTEN_FIRST_MS = 40;

/** How long the second try may take, in seconds. */
const AGAIN_S = 2;

const encoder = new TextEncoder();

interface Context {
  readonly signal: AbortSignal;
  readonly platform: Platform;
}

/** Opens a stream. Throws a `Failure` that says why if it cannot, the signal's reason on abort. */
export async function openStream(request: StreamRequest, context: Context): Promise<OpenStream> {
  const { wire, stall, isKnown = false } = request;
  try {
    return await openOnce(request, context);
  } catch (first) {
    // Our own server sends raw frames to a client whose greeting is late, because a packet was lost or a host is busy.
    if (!(first instanceof Unannounced) || !wire) throw first;
    const again = { ...request, isKnown: false, stall: Math.min(stall, AGAIN_S) };
    return await openOnce(again, context).catch((second) => {
      context.signal.throwIfAborted();
      throw isKnown ? second : first; // a foreign server may serve one client only
    });
  }
}

async function openOnce(
  request: StreamRequest,
  { signal, platform }: Context,
): Promise<OpenStream> {
  const { connectLimitMs: limitMs, stall } = request;
  const conn = await platform.connect(request, { signal, limitMs });
  using guard = new ConnectionGuard(conn, { signal, clock: platform.clock });
  const limit = () => guard.limit(1000 * stall);
  if (!request.awaitsFirst) limit();
  try {
    const stream = await begin(conn, request, { platform, onFirst: limit });
    checkSize(stream.format, request.maxSize); // that of another program, which announces none
    signal.throwIfAborted();
    return stream;
  } catch (thrown) {
    conn.close();
    signal.throwIfAborted();
    throw explain(thrown, request, guard.isOverdue);
  }
}

async function begin(
  conn: Connection,
  request: StreamRequest,
  { platform, onFirst }: { platform: Platform; onFirst: () => void },
): Promise<OpenStream> {
  const { wire, pixels, size, steady, stride, token, stream, serverId, isKnown = false } = request;
  const via = serverId === undefined ? undefined : [serverId];
  if (!wire) return await openRaw(conn, request, { platform, rest: new Uint8Array() });
  const { line, rest } = await greet(conn, {
    greeting: encoder.encode(formatHello({ wire, pixels, ack: true, steady, token, stream, via })),
    listenFirstMs: size === undefined ? 0 : LISTEN_FIRST_MS,
    clock: platform.clock,
    onFirst,
  });
  if (line === undefined) {
    if (isTlsAlert(rest)) throw tlsRequired();
    if (isKnown) throw new Unannounced();
    return await openForeign(conn, request, { platform, rest });
  }
  const answer = parseAnswer(line);
  if ("error" in answer) throw refused(answer, request);
  const loop = via && answer.via && loopIn(answer.via, via);
  if (loop !== undefined) throw refused({ error: "loop", message: loop }, request);
  if (stream !== undefined && answer.stream !== stream) throw oneStreamOnly(stream);
  compareSizes(answer.format, size);
  checkSize(answer.format, request.maxSize); // before a reader takes memory for it
  const openedAt = platform.wallClock();
  await writeAll(conn, ACK);
  return { ...answer, conn, reader: readerOf(answer, stride), rest, isForeign: false, openedAt };
}

function readerOf({ wire, format }: StreamDescription, stride: number | undefined): WireReader {
  switch (wire) {
    case "raw":
      return new RawReader(format, { stride: paddedRow(format, stride) });
    case "y4m":
      return new Y4mReader({ announced: format });
    case "mjpeg":
      return new MjpegReader(format);
    case "h264":
      return new UnitReader(format);
  }
}

/** Only the rows of gray frames are padded. */
function paddedRow(format: FrameFormat, stride: number | undefined): number | undefined {
  return hasColor(format) ? undefined : stride;
}

function tlsRequired(): Failure {
  return new Failure(
    "The server requires TLS",
    "add --tls, and --tls-ca FILE if its certificate is self-signed",
  );
}

function explain(thrown: unknown, request: StreamRequest, isOverdue: boolean): Failure {
  if (thrown instanceof Failure) return thrown;
  const failed = `Cannot receive from ${formatServer(request)}`;
  const options = { cause: thrown };
  if (isOverdue) {
    return new NotReady(
      `${failed}: no stream began within ${formatDuration(request.stall)}`,
      "check that a framewire server listens there; give WIDTH and HEIGHT to wait for its first frame",
      options,
    );
  }
  if (thrown instanceof Deno.errors.ConnectionReset || thrown instanceof ClosedAtOnce) {
    return closedBeforeFirstFrame(request, options);
  }
  return new Failure(
    `${failed}: ${messageOf(thrown)}`,
    "check that a framewire server listens there; use --raw for a stream of raw frames",
    options,
  );
}
