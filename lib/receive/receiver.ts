/**
 * Frames from a server: the tutorial's `recv` loop, on whichever wire was agreed on. It owns the
 * connection and, for JPEGs, the decoder.
 */

import { pause } from "../async/aborted.ts";
import { Backoff } from "../async/backoff.ts";
import { whilePending } from "../async/while_pending.ts";
import { wallClock } from "../frame/clock.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import { StreamStats } from "../stats/stream_stats.ts";
import type { Wire } from "../wire/hello.ts";
import type { WireFrame } from "../wire/wire_frame.ts";
import { Acknowledger } from "./acknowledger.ts";
import { AgeGauge } from "./age_gauge.ts";
import type { Offset } from "./clock_offset.ts";
import { formatServer, NoListener } from "./connect.ts";
import { JpegDecoder } from "./jpeg_decoder.ts";
import { LinkWatch } from "./link_watch.ts";
import { openNarrower } from "./open_narrower.ts";
import { type OpenStream, openStream, SizesDiffer } from "./open_stream.ts";
import { openFirst } from "./open_first.ts";
import type { Outage, ReceiverOptions } from "./receiver_options.ts";
import { formatShear, ShearWatch } from "./shear_watch.ts";
import { StallWatch } from "./stall_watch.ts";
import { brokenOff, judgeEnd, serverEnded, serverFailed } from "./stream_end.ts";

/** Of a slow stream so many frames must be missing before its server is lost. */
const SILENT_FRAMES = 3;

/**
 * For how long nobody may listen in place of a server without a greeting, in ms: its stream can't say that
 * it is over, so that a program that has ended looks like one that is lost.
 */
const FOREIGN_RESTART_MS = 5000;

/** How often a placeholder is drawn while the server is away, in milliseconds. */
const PLACEHOLDER_INTERVAL_MS = 1000;

/** A connection that lasted so long, in ms, was a success: the next one is tried at once. */
const STEADY = 10_000;

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
  /** While the server is away. */
  outage: Outage | undefined;
  /** Since when the server sends NO SIGNAL pictures; undefined while it sends frames. */
  noSignal: Date | undefined;
  /** How often it was connected to again. */
  reconnects = 0;
  readonly #backoff = new Backoff();

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
    return new Receiver(options, await openFirst(options, { signal }));
  }

  get size(): FrameSize {
    const { width, height } = this.#stream.size;
    return { width, height };
  }

  /** Frames a second, as the server announces them; undefined where it does not. */
  get fps(): number | undefined {
    return this.#stream.fps;
  }

  get wire(): Wire {
    return this.#stream.wire;
  }

  /** How far the server's clock is ahead of ours; undefined where that is not known. */
  get offset(): Offset | undefined {
    return this.#ages.offset;
  }

  /**
   * Whole frames until the server says that there are no more, or on abort; a server that is lost is
   * waited for. Once a second while it is away, a placeholder with the number of the frame that comes next
   * and a time of the server's clock. Each frame's buffer belongs to the caller. Throws a `Failure` where the server is lost,
   * or its stream damaged, and it is not to be waited for.
   */
  async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    const onAbort = () => this.#close();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const moved: { to?: OpenStream } = {};
        const begun = performance.now();
        let failure: Failure | undefined;
        try {
          yield* this.#read(signal, moved);
        } catch (thrown) {
          if (!(thrown instanceof Failure)) throw thrown;
          failure = thrown;
        }
        if (signal.aborted) return;
        if (performance.now() - begun >= STEADY) this.#backoff.reset();
        const next = moved.to ?? (yield* this.#awaitServer(failure, signal));
        if (signal.aborted) return next?.conn.close();
        if (!next) {
          if (failure) throw failure;
          return;
        }
        this.#close();
        this.#closed = false;
        this.#stream = next;
        await this.#decoder?.[Symbol.asyncDispose]();
        this.#decoder = undefined;
        this.#begin(next);
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
    const patience = 1000 * (fps ? Math.max(stall, SILENT_FRAMES / fps) : stall);
    using watch = new StallWatch({ patience, onStall: () => this.#close() });
    let come = 0;
    const acknowledger = new Acknowledger(conn);
    const link = new LinkWatch({ fps, now: performance.now() });
    const shear = answeredAt === undefined && wire === "raw" && stride === undefined &&
        this.#options.size !== "auto"
      ? new ShearWatch(size)
      : undefined;
    try {
      for (;;) {
        for (let taken; (taken = reader.take());) {
          if (answeredAt !== undefined) {
            this.#ages.acknowledged(wallClock());
            acknowledger.acknowledge();
          }
          come = reader.partial;
          watch.whole();
          const frame = await this.#finish(taken);
          if (taken.note && !taken.note.placeholder) link.frame(taken.note.sequence);
          const found = shear?.add(frame.pixels);
          if (found) this.#options.log.warn(formatShear(found, this.#options));
          yield frame;
        }
        if (reader.ending) break;
        if (rest.length > 0) {
          const piece = rest.subarray(0, reader.space.length);
          reader.space.set(piece);
          reader.filled(piece.length, wallClock());
          rest = rest.subarray(piece.length);
          continue;
        }
        // A server that does not speak may have nothing to send between two frames, for however long.
        watch.progress({ come, all: reader.partial > 0 ? reader.wireBytes : 0 });
        watch.begin({ owed: reader.partial > 0 || answeredAt !== undefined });
        const count = await conn.read(reader.space);
        const now = performance.now();
        link.waited(watch.end());
        if (count === null) break;
        come += count;
        reader.filled(count, wallClock());
        if (!this.#mayMove) continue;
        const shortage = link.shortage(now, { midFrame: reader.partial > 0 });
        if (!shortage) continue;
        this.#mayMove = false;
        const next = await openNarrower(this.#options, shortage, { size, signal });
        if (!next) continue;
        moved.to = next;
        return;
      }
    } catch (thrown) {
      if (thrown instanceof Failure) throw thrown;
      const ended = this.#closed || thrown instanceof Deno.errors.ConnectionReset;
      if (!ended) throw brokenOff(thrown, this.#frames);
    }
    if (signal.aborted || reader.ending === "over") return;
    if (reader.ending === "failed") throw serverFailed(this.#frames);
    const { partial, wireBytes } = reader;
    const cut = partial > 0 ? `cut at ${partial} of ${wireBytes} bytes` : undefined;
    const foreign = answeredAt === undefined;
    judgeEnd({
      frames: this.#frames,
      cut,
      lost: watch.why,
      size,
      foreign,
      mute: foreign || wire === "raw",
    });
  }

  /** Makes a frame of what came, and counts it. */
  async #finish({ payload, note }: WireFrame): Promise<Frame> {
    const readAt = wallClock();
    const sequence = note?.sequence ?? this.#frames;
    const { placeholder } = note ?? {};
    const skipped = Math.max(0, sequence - (this.#sequence ?? sequence - 1) - 1);
    const age = note && this.#ages.ageOf(note, readAt);
    this.stats.count({ bytes: payload.length, skipped, age, placeholder });
    if (!placeholder) {
      this.#sequence = sequence;
      this.#frames++;
    }
    this.noSignal = placeholder ? this.noSignal ?? new Date() : undefined;
    const pixels = this.#decoder ? await this.#decoder.decode(payload) : payload;
    const kind = placeholder && !this.#options.placeholders ? "placeholder" : undefined;
    return { ...this.size, pixels, sequence, capturedAt: note?.capturedAt ?? readAt, kind };
  }

  /** Gives placeholders until the server is there again; returns as `#reconnect` does. */
  #awaitServer(
    failure: Failure | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<Frame, OpenStream | undefined> {
    return whilePending(({ signal }) => this.#reconnect(failure, signal), {
      interval: PLACEHOLDER_INTERVAL_MS,
      // A short outage is not worth a picture.
      value: (n) => n > 0 && this.outage ? this.#placeholder(this.outage) : undefined,
      signal,
    });
  }

  #placeholder(outage: Outage): Frame | undefined {
    const { size } = this;
    const name = formatServer(this.#options);
    const pixels = this.#options.drawPlaceholder?.(size, { ...outage, name });
    if (!pixels) return undefined;
    const sequence = (this.#sequence ?? -1) + 1;
    const capturedAt = wallClock() + (this.offset?.offset ?? 0);
    return { ...size, pixels, sequence, capturedAt, kind: "placeholder" };
  }

  /**
   * Waits until the server is there again. Undefined where it is not to be waited for: it has said that
   * it is done, or it has no word for that, and never sent a frame or ended well. Of our own server's raw
   * wire, which has no such word, a good end may be a loss: it is tried once.
   */
  async #reconnect(
    failure: Failure | undefined,
    signal: AbortSignal,
  ): Promise<OpenStream | undefined> {
    const { stall, log } = this.#options;
    const { wire, reader, answeredAt } = this.#stream;
    const foreign = answeredAt === undefined;
    const wellEnded = !failure;
    if (!this.#options.reconnect || reader.ending === "over") return undefined;
    if (foreign && (wellEnded || this.#frames === 0)) return undefined;
    this.#close();
    const server = formatServer(this.#options);
    const why = failure?.message ?? "it closed the connection";
    const since = this.outage?.since ?? new Date();
    this.outage = { since, why };
    if (wellEnded) log.debug(`${server} closed the connection: it is tried once`);
    else {
      log.warn(`lost ${server}: ${why}; the client tries again`);
      this.#options.onOutage?.("lost", why);
    }
    let refusedSince: number | undefined;
    while (!signal.aborted) {
      await pause(this.#backoff.next(), signal);
      try {
        const request = {
          ...{ ...this.#options, size: this.size, patience: stall },
          wire: foreign && wire === "raw" ? undefined : wire,
        };
        const stream = await openStream(request, { signal, now: wallClock });
        const seconds = Math.round((Date.now() - since.getTime()) / 1000);
        log.info(`${server} is back after ${seconds} s`);
        this.outage = undefined;
        this.reconnects++;
        if (!wellEnded) this.#options.onOutage?.("back", `after ${seconds} s`);
        return stream;
      } catch (thrown) {
        if (signal.aborted) break;
        if (thrown instanceof SizesDiffer) {
          const [was, is] = [formatFrameSize(this.size), formatFrameSize(thrown.has)];
          throw new Failure(
            `The server came back with another size: ${is}, it was ${was}`,
            "start the client again",
          );
        }
        if (!(thrown instanceof Failure)) throw thrown;
        log.debug(`${server}: ${thrown.message}`);
        if (wellEnded) return undefined;
        refusedSince = thrown instanceof NoListener ? refusedSince ?? performance.now() : undefined;
        const limit = Math.max(FOREIGN_RESTART_MS, 1000 * (this.#options.waitForServer ?? 0));
        if (foreign && refusedSince !== undefined && performance.now() - refusedSince >= limit) {
          throw serverEnded(failure);
        }
        this.outage = { since, why: thrown.message };
      }
    }
    return undefined;
  }
}
