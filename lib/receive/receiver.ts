/**
 * Frames from a server: the tutorial's `recv` loop, on whichever wire was agreed on. It owns the
 * connection and, for JPEGs, the decoder.
 */

import { wallClock } from "../frame/clock.ts";
import { Failure, messageOf } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Log } from "../frame/log.ts";
import { StreamStats } from "../frame/stream_stats.ts";
import type { Wire } from "../wire/hello.ts";
import type { WireFrame } from "../wire/wire_frame.ts";
import { AgeGauge } from "./age_gauge.ts";
import type { Offset } from "./clock_offset.ts";
import type { ServerAddress } from "./connect.ts";
import { JpegDecoder } from "./jpeg_decoder.ts";
import { LinkWatch, type Shortage } from "./link_watch.ts";
import { ACK, type OpenStream, openStream } from "./open_stream.ts";
import { ShearWatch } from "./shear_watch.ts";
import { brokenOff, judgeEnd } from "./stream_end.ts";

/** How often a stream is looked at for a stall, in milliseconds. */
const STALL_CHECK = 500;

/** After how long a server that has not begun is spoken of, in milliseconds. */
const SLOW_START = 2000;

export interface ReceiverOptions extends ServerAddress {
  /** "auto": y4m, and mjpeg where the link carries too few frames. Undefined: say nothing, read raw. */
  readonly wire: Wire | "auto" | undefined;
  /** What the user says of the size; undefined where the server is to tell. */
  readonly size: FrameSize | "auto" | undefined;
  /** Bytes from one row's start to the next, where rows are padded. */
  readonly stride?: number | undefined;
  /** Seconds without a byte, in the middle of a frame, after which the server is given up. */
  readonly stall: number;
  readonly log: Log;
}

export class Receiver implements AsyncDisposable {
  /** What has come so far. */
  readonly stats = new StreamStats();
  readonly #options: ReceiverOptions;
  #stream: OpenStream;
  #closed = false;
  #decoder: JpegDecoder | undefined;
  readonly #ages = new AgeGauge();
  /** The number of the last frame. */
  #sequence: number | undefined;
  #frames = 0;
  /** Whether the wire may still be changed. */
  #mayMove: boolean;

  private constructor(options: ReceiverOptions, stream: OpenStream) {
    this.#options = options;
    this.#stream = stream;
    this.#mayMove = options.wire === "auto" && stream.answeredAt !== undefined;
    this.#begin(stream);
  }

  /** Connects and learns the size. Throws a `Failure`, and the signal's reason on abort. */
  static async open(
    options: ReceiverOptions,
    { signal }: { signal: AbortSignal },
  ): Promise<Receiver> {
    const wire = options.wire === "auto" ? "y4m" : options.wire;
    const { hostname, port, log } = options;
    const slow = setTimeout(() => log.info(`waiting for ${hostname} port ${port}`), SLOW_START);
    let stream;
    try {
      stream = await openStream({ ...options, wire }, { signal, now: wallClock });
    } finally {
      clearTimeout(slow);
    }
    if (wire && stream.answeredAt === undefined) {
      const found = options.size === "auto" ? ", as it looks" : "";
      const size = formatFrameSize(stream.size);
      log.info(`the server does not speak: ${stream.wire} ${size}${found}`);
    }
    return new Receiver(options, stream);
  }

  get size(): FrameSize {
    const { width, height } = this.#stream.size;
    return { width, height };
  }

  get wire(): Wire {
    return this.#stream.wire;
  }

  /** How far the server's clock is ahead of ours; undefined where that is not known. */
  get offset(): Offset | undefined {
    return this.#ages.offset;
  }

  /**
   * Whole frames until the server closes between two of them, or on abort. Each frame's buffer belongs
   * to the caller. Throws a `Failure` where the stream ends in the middle of a frame, stalls there, is
   * damaged, or ends before the first frame.
   */
  async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    const onAbort = () => this.#close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const moved: { to?: OpenStream } = {};
        yield* this.#read(signal, moved);
        if (!moved.to) break;
        this.#close();
        this.#closed = false;
        this.#stream = moved.to;
        this.#begin(moved.to);
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#close();
    }
  }

  /** Closes the connection and ends the decoder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#decoder?.[Symbol.asyncDispose]();
  }

  #close(): void {
    if (!this.#closed) this.#stream.conn.close();
    this.#closed = true;
  }

  #begin({ wire, size, answeredAt }: OpenStream): void {
    if (wire === "mjpeg") this.#decoder = new JpegDecoder(size);
    if (answeredAt !== undefined) this.#ages.begin(answeredAt);
  }

  /** Reads one stream to its end, or until another is open that is to be read in its place. */
  async *#read(signal: AbortSignal, moved: { to?: OpenStream }): AsyncGenerator<Frame> {
    const { conn, reader, wire, size, fps, answeredAt } = this.#stream;
    const { stall, stride } = this.#options;
    let { rest } = this.#stream;
    let movedAt = performance.now();
    let stalled = false;
    const check = setInterval(() => {
      stalled = reader.partial > 0 && performance.now() - movedAt > stall * 1000;
      if (stalled) this.#close();
    }, STALL_CHECK);
    const link = new LinkWatch({ fps, now: performance.now() });
    const foreign = answeredAt === undefined && wire === "raw";
    const shear = foreign && stride === undefined && this.#options.size !== "auto"
      ? new ShearWatch(size)
      : undefined;
    try {
      for (;;) {
        for (let taken; (taken = reader.take());) {
          if (answeredAt !== undefined) this.#acknowledge(conn);
          const frame = await this.#finish(taken);
          if (taken.note) link.frame(taken.note.sequence);
          this.#warnOfShear(shear, frame);
          yield frame;
        }
        if (rest.length > 0) {
          const piece = rest.subarray(0, reader.space.length);
          reader.space.set(piece);
          reader.filled(piece.length, wallClock());
          rest = rest.subarray(piece.length);
          continue;
        }
        const before = performance.now();
        const count = await conn.read(reader.space);
        if (count === null) break;
        movedAt = performance.now();
        link.waited(movedAt - before);
        reader.filled(count, wallClock());
        if (!this.#mayMove) continue;
        const shortage = link.shortage(movedAt, { midFrame: reader.partial > 0 });
        const next = shortage && await this.#narrower(shortage, signal);
        if (!next) continue;
        moved.to = next;
        return;
      }
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const ended = this.#closed || thrown instanceof Deno.errors.ConnectionReset;
      if (!ended) throw brokenOff(thrown, this.#frames);
    } finally {
      clearInterval(check);
    }
    if (signal.aborted) return;
    const { partial, wireBytes } = reader;
    const cut = partial > 0 ? `cut at ${partial} of ${wireBytes} bytes` : undefined;
    const stalledFor = stalled ? stall : undefined;
    judgeEnd({ frames: this.#frames, cut, stalledFor, size, foreign: answeredAt === undefined });
  }

  /** One byte says that a frame has been read whole. */
  #acknowledge(conn: Deno.TcpConn): void {
    this.#ages.acknowledged(wallClock());
    conn.write(ACK).catch(() => {}); // the connection has ended: the reading tells
  }

  /** Makes a frame of what came, and counts it. */
  async #finish({ payload, note }: WireFrame): Promise<Frame> {
    const readAt = wallClock();
    const sequence = note?.sequence ?? this.#frames;
    const skipped = Math.max(0, sequence - (this.#sequence ?? sequence - 1) - 1);
    const age = note && this.#ages.ageOf(note, readAt);
    this.#sequence = sequence;
    this.#frames++;
    this.stats.count({ bytes: payload.length, skipped, age });
    const pixels = this.#decoder ? await this.#decoder.decode(payload) : payload;
    return { ...this.size, pixels, sequence, capturedAt: note?.capturedAt ?? readAt };
  }

  /** Opens an mjpeg stream in place of one that is too wide for the link; undefined where it can't. */
  async #narrower(shortage: Shortage, signal: AbortSignal): Promise<OpenStream | undefined> {
    const { log } = this.#options;
    this.#mayMove = false;
    const [carried, captured] = [shortage.carried, shortage.captured].map((fps) => fps.toFixed(1));
    const found = `the link carries ${carried} of ${captured} frames a second`;
    try {
      const request = { ...this.#options, wire: "mjpeg", size: this.size } as const;
      const stream = await openStream(request, { signal, now: wallClock });
      log.info(`${found}: going on with mjpeg (--wire y4m keeps every pixel)`);
      return stream;
    } catch (thrown) {
      signal.throwIfAborted();
      log.warn(`${found}, and mjpeg can't be had: ${messageOf(thrown)}`);
      return undefined;
    }
  }

  #warnOfShear(shear: ShearWatch | undefined, { pixels }: Frame): void {
    const found = shear?.add(pixels);
    if (!found) return;
    const { hostname, port, log } = this.#options;
    const padded = found.stride === found.width ? "" : ` --stride ${found.stride}`;
    log.warn(
      `the picture looks sheared: this stream fits ${formatFrameSize(found)} ` +
        `(try: ./client ${hostname} ${port} ${found.width} ${found.height}${padded})`,
    );
  }
}
