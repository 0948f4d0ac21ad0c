/**
 * Frames from a server: the tutorial's `recv` loop, on whichever wire was agreed on. It owns the
 * connection and, for JPEGs and H.264, the decoder.
 */

import { Backoff } from "../async/backoff.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { readAhead } from "../async/read_ahead.ts";
import { whilePending } from "../async/while_pending.ts";
import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { StreamStats } from "../stats/stream_stats.ts";
import type { Wire } from "../wire/hello.ts";
import { absentStream } from "./absent_stream.ts";
import type { Offset } from "./clock_offset.ts";
import { formatServer, NotReady, type ServerAddress } from "./connect.ts";
import { FrameMaker } from "./frame_maker.ts";
import { openNarrower } from "./open_narrower.ts";
import type { OpenStream } from "./open_stream.ts";
import { openFirst } from "./open_first.ts";
import { type Platform, systemPlatform } from "./platform.ts";
import { readStream } from "./read_stream.ts";
import type { Outage } from "../frame/outage.ts";
import type { ReceiverOptions } from "./receiver_options.ts";
import { mayReturn, reconnect } from "./reconnect.ts";

/** How often a placeholder is drawn while the server is away, in milliseconds. */
const PLACEHOLDER_INTERVAL_MS = 1000;

/** After this time a server that may be lost at the start is, in milliseconds: others wait for it. */
const FIRST_TRY_MS = 3000;

/** How many access units are read before the decoder has started. */
const MAX_AHEAD = 90;

/** What the receiver does. */
type State =
  | { readonly name: "receiving" }
  /** The server sends NO SIGNAL pictures. */
  | { readonly name: "no signal"; readonly since: Date }
  /** The server is lost, and connected to again. */
  | { readonly name: "away"; readonly outage: Outage }
  | { readonly name: "closed" };

export class Receiver implements AsyncDisposable {
  readonly #options: ReceiverOptions;
  readonly #platform: Platform;
  readonly #maker: FrameMaker;
  readonly #backoff: Backoff;
  #state: State = { name: "receiving" };
  /** The stream that is read, or was read last. */
  #stream: OpenStream;
  /** Whether the wire may still be changed. */
  #mayMove: boolean;
  #reconnects = 0;
  /** Why the server was not there at the start; undefined once that is dealt with. */
  #absence: Failure | undefined;

  private constructor(options: ReceiverOptions, platform: Platform, stream: OpenStream) {
    // A server that comes back is asked for what the outputs were opened for.
    const { pixels } = options;
    this.#options = pixels && !stream.isForeign
      ? { ...options, pixels: stream.format.pixels }
      : options;
    this.#platform = platform;
    this.#stream = stream;
    this.#backoff = new Backoff(platform.clock);
    this.#maker = new FrameMaker(platform, options);
    this.#mayMove = options.wire === "auto" && !stream.isForeign && !stream.lossless;
    this.#use(stream);
  }

  /**
   * Connects and learns the format. Throws a `Failure`, and the signal's reason on abort. With `orLost` and `reconnect` it
   * does not fail: the server counts as lost, its placeholders have that size, and it is connected to as a lost one is.
   */
  static async open(
    options: ReceiverOptions,
    { signal, platform = systemPlatform, orLost }: {
      signal: AbortSignal;
      platform?: Platform;
      orLost?: FrameSize | undefined;
    },
  ): Promise<Receiver> {
    using opening = new LinkedAbortController(signal);
    const lostSize = options.reconnect ? orLost : undefined;
    using _timer = lostSize && platform.clock.after(FIRST_TRY_MS, () => opening.abort());
    try {
      const stream = await openFirst(options, { signal: opening.signal, platform });
      return new Receiver(options, platform, stream);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!lostSize) throw thrown;
      const failure = opening.signal.aborted ? noAnswer(options) : thrown;
      if (!(failure instanceof Failure)) throw failure;
      const format = { ...lostSize, pixels: options.pixels ?? "gray" };
      const absent = new Receiver(options, platform, absentStream(format));
      absent.#absence = failure;
      absent.#state = { name: "away", outage: { since: new Date(), why: failure.message } };
      return absent;
    }
  }

  /** What has come so far. */
  get stats(): StreamStats {
    return this.#maker.stats;
  }

  /** The format of the stream that is read, or was read last. */
  get format(): FrameFormat {
    return this.#stream.format;
  }

  /** Frames a second, as the server announces them; undefined if it does not. */
  get fps(): number | undefined {
    return this.#stream.fps;
  }

  get wire(): Wire {
    return this.#stream.wire;
  }

  /** The ids of the servers that the frames come through, the nearest first, as it was last known. */
  get via(): readonly string[] {
    return this.#stream.via ?? [];
  }

  /** Whether the server sends every frame, and waits until it is read. */
  get isLossless(): boolean {
    return this.#stream.lossless ?? false;
  }

  /** How far the server's clock is ahead of ours; undefined while that is not known. */
  get offset(): Offset | undefined {
    return this.#maker.ages.offset;
  }

  /** Since when the server is away, and why; undefined while it is there. */
  get outage(): Outage | undefined {
    return this.#state.name === "away" ? this.#state.outage : undefined;
  }

  /** Since when the server sends NO SIGNAL pictures; undefined while it sends frames. */
  get noSignal(): Date | undefined {
    return this.#state.name === "no signal" ? this.#state.since : undefined;
  }

  /** How often the client has connected again. */
  get reconnects(): number {
    return this.#reconnects;
  }

  /**
   * Whole frames until the server says that there are no more, or on abort; a server that is lost is
   * waited for. Once a second while it is away, a placeholder with the number of the frame that comes next
   * and a time of the server's clock. Each frame's buffer belongs to the caller. Throws a `Failure` if the
   * server is lost, or its stream damaged, and the client is not to connect again. Can be called once.
   */
  async *frames({ signal }: { signal: AbortSignal }): AsyncGenerator<Frame> {
    try {
      for (;;) {
        await this.#maker.use(this.#stream);
        this.#backoff.begin();
        let next: OpenStream | undefined;
        const absence = this.#absence;
        this.#absence = undefined;
        let failure = absence;
        try {
          for await (const item of absence ? [] : this.#read(signal)) {
            if ("move" in item) {
              next = item.move;
              continue;
            }
            this.#noteSignal(item.note?.placeholder ?? false);
            const frame = await this.#maker.make(item, this.format);
            if (frame) yield frame;
          }
        } catch (thrown) {
          if (!(thrown instanceof Failure)) throw thrown;
          failure = thrown;
        }
        if (next) this.#use(next);
        if (signal.aborted) return;
        if (next) continue;
        if (yield* this.#reconnect(failure, { isAbsent: absence !== undefined, signal })) continue;
        if (failure && !signal.aborted) throw failure;
        return;
      }
    } finally {
      this.#close();
    }
  }

  /** Closes the connection and ends the decoder. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#close();
    await this.#maker[Symbol.asyncDispose]();
  }

  #close(): void {
    this.#state = { name: "closed" };
    this.#stream.conn.close();
  }

  /** Reads the stream until its end. */
  async *#read(signal: AbortSignal): ReturnType<typeof readStream> {
    using reading = new LinkedAbortController(signal);
    const { clock } = this.#platform;
    const control = { format: this.format, platform: this.#platform };
    const items = readStream(this.#stream, {
      options: this.#options,
      clock,
      wallClock: () => this.#platform.wallClock(),
      ages: this.#maker.ages,
      frames: () => this.#maker.frames,
      openNarrower: this.#mayMove
        ? (shortage, signal) => {
          this.#mayMove = false;
          return openNarrower(this.#options, shortage, { ...control, signal });
        }
        : undefined,
      signal: reading.signal,
    });
    if (this.wire !== "h264") return yield* items;
    // While its decoder starts, the client would seem to be too slow for the rung.
    const most = () => this.#maker.isReady ? 1 : MAX_AHEAD;
    yield* readAhead(items, { most, stop: () => reading.abort() });
  }

  /** Reads this stream from now on. */
  #use(stream: OpenStream): void {
    this.#stream = stream;
    this.#state = { name: "receiving" };
    if (!stream.isForeign) this.#maker.ages.begin(stream.openedAt);
  }

  /** Notes whether the server sends NO SIGNAL pictures. */
  #noteSignal(isLost: boolean): void {
    if (isLost === (this.noSignal !== undefined)) return;
    this.#state = isLost ? { name: "no signal", since: new Date() } : { name: "receiving" };
  }

  /** Connects again and gives placeholders until then. Returns whether there is a stream to read. */
  async *#reconnect(
    failure: Failure | undefined,
    { isAbsent, signal }: { isAbsent: boolean; signal: AbortSignal },
  ): AsyncGenerator<Frame, boolean> {
    const lost = { stream: this.#stream, failure, frames: this.#maker.frames, isAbsent };
    if (!mayReturn(lost, this.#options)) return false;
    const work = async ({ signal }: { signal: AbortSignal }) => {
      const stream = await reconnect(lost, {
        ...{ options: this.#options, platform: this.#platform, backoff: this.#backoff, signal },
        onOutage: (outage) => this.#state = { name: "away", outage },
      });
      if (!stream) return false;
      this.#use(stream);
      this.#reconnects++;
      return true;
    };
    return yield* whilePending(work, {
      interval: PLACEHOLDER_INTERVAL_MS,
      // A short outage is not worth a picture.
      value: (n) => n > 0 ? this.#placeholder() : undefined,
      ...{ signal, clock: this.#platform.clock },
    });
  }

  #placeholder(): Frame | undefined {
    const { format, outage } = this;
    const name = formatServer(this.#options);
    const pixels = outage && this.#options.drawPlaceholder?.(format, { ...outage, name });
    if (!pixels) return undefined;
    const sequence = (this.#maker.sequence ?? -1) + 1;
    const capturedAt = this.#platform.wallClock() + (this.offset?.offset ?? 0);
    return { format, pixels, sequence, capturedAt, kind: "placeholder" };
  }
}

function noAnswer(address: ServerAddress): NotReady {
  return new NotReady(
    `Cannot connect to ${formatServer(address)}: the server does not answer`,
    "check the address, and that no firewall is in between",
  );
}
