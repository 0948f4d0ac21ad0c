/** Connects to a server and agrees with it on a wire, or learns that it does not speak. */

import { Failure, messageOf } from "../log/failure.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../log/log.ts";
import { FirstLineReader } from "../wire/first_line.ts";
import { formatHello, parseAnswer, type StreamDescription, type Wire } from "../wire/hello.ts";
import { MjpegReader } from "../wire/mjpeg.ts";
import { RawReader } from "../wire/raw.ts";
import { WireError } from "../wire/wire_error.ts";
import type { WireReader } from "../wire/wire_frame.ts";
import { Y4M_MAGIC, Y4mReader } from "../wire/y4m.ts";
import { connect, formatServer, NotReady, type ServerAddress } from "./connect.ts";
import { foreignBytes } from "./foreign_bytes.ts";
import { NO_FRAME_HINT, refused } from "./stream_end.ts";
import { findSize } from "./find_size.ts";

export interface StreamRequest extends ServerAddress {
  /** The wire to ask for; undefined: say nothing, and read raw frames. */
  readonly wire: Wire | undefined;
  /** What the server wants to hear, if it does. */
  readonly token?: string | undefined;
  /** The size that the user named; undefined where the server is to tell, "auto" to find it out. */
  readonly size: FrameSize | "auto" | undefined;
  /** Bytes from one row's start to the next on a raw stream, where rows are padded. */
  readonly stride?: number | undefined;
  readonly log: Pick<Log, "warn">;
  /** Milliseconds that the connecting may take; undefined: 10 s. */
  readonly connectPatience?: number;
  /** Seconds that the opening may take. */
  readonly patience: number;
  /** Whether they count from the first byte on, which may take as long as it likes. */
  readonly awaitsFirst?: boolean;
}

/** The server sends frames of another size than was asked for: no use to try again. */
export class SizesDiffer extends Failure {
  override name = "SizesDiffer";
  readonly has: FrameSize;

  constructor({ has, wanted }: { has: FrameSize; wanted: FrameSize }) {
    const [sent, asked] = [formatFrameSize(has), formatFrameSize(wanted)];
    super(
      `The sizes differ: server sends ${sent}, you asked for ${asked}`,
      "leave WIDTH and HEIGHT out: the server tells them; to scale, see the server's -r",
    );
    this.has = has;
  }
}

/** A stream that is open. Whoever opened it closes `conn`. */
export interface OpenStream extends StreamDescription {
  readonly conn: Deno.Conn;
  readonly reader: WireReader;
  /** What was read already and belongs to the reader. */
  readonly rest: Uint8Array;
  /** When the server's answer was acknowledged, on our clock; undefined where it did not answer. */
  readonly answeredAt: number | undefined;
}

/** What acknowledges an answer or a frame: any byte does. */
export const ACK = new Uint8Array([0x0a]);

/** Opens a stream. Throws a `Failure` that says why where it can't, the signal's reason on abort. */
export async function openStream(
  request: StreamRequest,
  { signal, now }: { signal: AbortSignal; now: () => number },
): Promise<OpenStream> {
  using scope = new DisposableStack();
  const conn = scope.use(await connect(request, { signal, patience: request.connectPatience }));
  using guard = new Guard(conn, { signal, patience: request.patience });
  if (!request.awaitsFirst) guard.start();
  try {
    const stream = await begin(conn, request, { now, onFirst: () => guard.start() });
    scope.move();
    return stream;
  } catch (thrown) {
    signal.throwIfAborted();
    throw explain(thrown, request, guard.timedOut);
  }
}

async function begin(
  conn: Deno.Conn,
  request: StreamRequest,
  { now, onFirst }: { now: () => number; onFirst: () => void },
): Promise<OpenStream> {
  const { wire, size, stride, token } = request;
  if (!wire) return await openRaw(conn, request, new Uint8Array());
  const { line, rest } = await firstWords(conn, {
    hello: new TextEncoder().encode(formatHello({ wire, ack: true, token })),
    // A server that sends frames at once does not wait for a word, and one that never reads it would,
    // when it closes, reset the connection and with it the frames that are still on their way.
    listenFirst: size === undefined ? 0 : LISTEN,
    onFirst,
  });
  if (line === undefined) {
    // A TLS server answers what is no TLS with an alert: 21, version 3.x.
    if (rest[0] === 0x15 && rest[1] === 0x03) {
      throw new Failure(
        "The server speaks TLS",
        "add --tls, and --tls-ca FILE where its certificate is its own",
      );
    }
    const foreign = foreignBytes(rest, request);
    if (foreign && (size === undefined || isText(rest))) throw foreign;
    if (foreign) request.log.warn(`${foreign.message}? (${foreign.hint})`);
    const magic = new TextDecoder("latin1").decode(rest.subarray(0, Y4M_MAGIC.length));
    return magic === Y4M_MAGIC
      ? await openForeignY4m(conn, request, rest)
      : await openRaw(conn, request, rest);
  }
  const answer = parseAnswer(line);
  if ("error" in answer) {
    throw refused(answer);
  }
  compareSizes(answer.size, size);
  const answeredAt = now();
  await conn.write(ACK);
  return { ...answer, conn, reader: readerOf(answer, stride), rest, answeredAt };
}

function readerOf({ wire, size }: StreamDescription, stride: number | undefined): WireReader {
  switch (wire) {
    case "raw":
      return new RawReader(size, { stride });
    case "y4m":
      return new Y4mReader({ announced: size });
    case "mjpeg":
      return new MjpegReader(size);
  }
}

/** Whether a server has answered in words: pixels are none. */
function isText(bytes: Uint8Array): boolean {
  return /^[A-Z<][\x20-\x7e]{7}/.test(new TextDecoder("latin1").decode(bytes.subarray(0, 8)));
}

/** For how long a client that knows the size waits for frames before it speaks, in milliseconds. */
const LISTEN = 40;

/** Speaks, and gives the first line, or the first bytes of a stream that begins without one. */
async function firstWords(
  conn: Deno.Conn,
  { hello, listenFirst, onFirst }: {
    hello: Uint8Array;
    listenFirst: number;
    onFirst: () => void;
  },
) {
  const reader = new FirstLineReader();
  let reading = conn.read(reader.space);
  reading.catch(() => {}); // it is waited for below
  let timer: number | undefined;
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(() => resolve("silence"), listenFirst);
  });
  if (listenFirst === 0 || await Promise.race([reading, silence]) === "silence") {
    await conn.write(hello);
  }
  clearTimeout(timer);
  for (;;) {
    const count = await reading;
    if (count === null) throw new WireError(reader.begun ? "its answer is cut" : GONE);
    onFirst();
    const beginning = reader.filled(count);
    if (beginning) return beginning;
    reading = conn.read(reader.space);
  }
}

/** What is said where a server closes before its first byte. */
const GONE = "it closed the connection";

/** A raw stream that nobody announced. */
async function openRaw(
  conn: Deno.Conn,
  { size, stride }: StreamRequest,
  rest: Uint8Array,
): Promise<OpenStream> {
  if (size === undefined) {
    throw new Failure(
      "The server does not say the size of its frames",
      "give WIDTH and HEIGHT, as in: ./client HOST PORT 320 240, or try --size auto",
    );
  }
  const common = { wire: "raw", fps: undefined, conn, answeredAt: undefined } as const;
  if (size !== "auto") return { ...common, size, reader: new RawReader(size, { stride }), rest };
  const found = await findSize(conn, rest);
  return { ...common, size: found.geometry, ...found };
}

/** A y4m stream of a server that does not speak: its first line tells the size. */
async function openForeignY4m(
  conn: Deno.Conn,
  request: StreamRequest,
  rest: Uint8Array,
): Promise<OpenStream> {
  const reader = new Y4mReader();
  reader.space.set(rest);
  reader.filled(rest.length, 0);
  for (reader.readHeader(); !reader.size; reader.readHeader()) {
    const count = await conn.read(reader.space);
    if (count === null) throw new WireError(GONE);
    reader.filled(count, 0);
  }
  const { size, fps } = reader;
  compareSizes(size, request.size);
  const none = new Uint8Array();
  return { wire: "y4m", size, fps, conn, reader, rest: none, answeredAt: undefined };
}

/** Throws a `Failure` where the user named another size than the server. */
function compareSizes(has: FrameSize, wanted: FrameSize | "auto" | undefined): void {
  if (wanted === undefined || wanted === "auto") return;
  if (formatFrameSize(has) === formatFrameSize(wanted)) return;
  throw new SizesDiffer({ has, wanted });
}

function explain(thrown: unknown, request: StreamRequest, timedOut: boolean): Failure {
  if (thrown instanceof Failure) return thrown;
  const failed = `Cannot receive from ${formatServer(request)}`;
  const options = { cause: thrown };
  if (timedOut) {
    return new NotReady(
      `${failed}: it did not begin a stream within ${request.patience} s`,
      "check that a framewire server listens there; give WIDTH and HEIGHT to wait for its first frame",
      options,
    );
  }
  if (thrown instanceof Deno.errors.ConnectionReset || messageOf(thrown) === GONE) {
    return new NotReady(
      "The server closed the connection before the first frame",
      NO_FRAME_HINT,
      options,
    );
  }
  return new Failure(
    `${failed}: ${messageOf(thrown)}`,
    "check that a framewire server listens there; use --raw for a stream of raw frames",
    options,
  );
}

/** Closes a connection on abort, and `patience` seconds after `start` was first called. */
class Guard implements Disposable {
  timedOut = false;
  readonly #signal: AbortSignal;
  readonly #close: () => void;
  readonly #patience: number;
  #timer: number | undefined;

  constructor(
    conn: Deno.Conn,
    { signal, patience }: { signal: AbortSignal; patience: number },
  ) {
    this.#signal = signal;
    this.#patience = patience;
    this.#close = () => {
      try {
        conn.close();
      } catch (thrown) {
        if (!(thrown instanceof Deno.errors.BadResource)) throw thrown; // closed before
      }
    };
    signal.addEventListener("abort", this.#close, { once: true });
  }

  start(): void {
    this.#timer ??= setTimeout(() => {
      this.timedOut = true;
      this.#close();
    }, this.#patience * 1000);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener("abort", this.#close);
  }
}
