/** A stream as clients get it: each wire's muxer, JPEGs and H.264 encoded once for all. It owns the encoders. */

import { DEFAULT_ENCODER, type H264EncoderName } from "../ffmpeg/h264_arguments.ts";
import { installedH264Encoders } from "../ffmpeg/h264_encoders.ts";
import type { AccessUnit } from "../frame/access_unit.ts";
import type { AccessUnits } from "../frame/access_units.ts";
import type { Frame } from "../frame/frame.ts";
import { type FrameFormat, grayFormat, hasColor, isSameFormat } from "../frame/frame_format.ts";
import { formatFrameSize, type FrameSize } from "../frame/frame_size.ts";
import type { Jpeg } from "../frame/jpeg.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { Histogram } from "../stats/histogram.ts";
import type { Stream } from "../stream/stream.ts";
import type { Hello, StreamDescription, Wire } from "../wire/hello.ts";
import { H264Rungs } from "./h264_rungs.ts";
import { JpegEncoder } from "./jpeg_encoder.ts";
import { type FrameMuxer, h264Muxer, mjpegMuxer, type Muxer, rawMuxer, y4mMuxer } from "./muxer.ts";
import type { AccessRefusal } from "./refusal.ts";
import type { Rung } from "./rungs.ts";
import { type JpegSource, SourceJpegs } from "./source_jpegs.ts";
import { SourceRungs } from "./source_rungs.ts";
import { tileSize } from "./tile_size.ts";
import type { UnitChoice } from "./unit_sending.ts";

/** The way of one client. */
export type Subscription =
  & Disposable
  & (
    | { readonly muxer: FrameMuxer<Frame> | FrameMuxer<Jpeg> }
    | { readonly muxer: Muxer<AccessUnit>; readonly units: UnitChoice }
  );

export interface PublishedStreamOptions {
  /** The format for clients that do not request one. */
  readonly wire: Wire;
  /** Of the JPEGs, 1 to 100. */
  readonly quality: number;
  /** Of H.264; libx264 by default. */
  readonly encoder?: H264EncoderName;
  /** Whether clients that can't be told of a placeholder frame get nothing in its place. */
  readonly holds: boolean;
  /** The id of this server. */
  readonly id: string;
  readonly log: Log;
}

export class PublishedStream implements AsyncDisposable {
  /** How old pictures are when they are handed to the system. */
  readonly ages = new Histogram();
  readonly stream: Stream;
  readonly #unpublished = Promise.withResolvers<void>();
  readonly #options: PublishedStreamOptions;
  /** One for each size and kind of pixels that was wanted so far, by `WxH pixels`. */
  readonly #jpegs = new Map<string, JpegSource>();
  readonly #h264: SourceRungs;

  constructor(stream: Stream, options: PublishedStreamOptions) {
    this.stream = stream;
    this.#options = options;
    const { encoder = DEFAULT_ENCODER, log } = options;
    this.#h264 = new SourceRungs(stream, new H264Rungs(stream, { encoder, log }), { log });
  }

  /** Whether clients that can't be told of a placeholder frame get nothing in its place. */
  get holds(): boolean {
    return this.#options.holds;
  }

  get frames(): Latest<Frame> {
    return this.stream.frames;
  }

  /** Why no more frames come; undefined while they do. */
  get ending(): Ending | undefined {
    return this.stream.frames.ending;
  }

  /** The ids of the servers that its frames come through, this one first. */
  get via(): readonly string[] {
    return [this.#options.id, ...this.stream.via ?? []];
  }

  get format(): FrameFormat {
    return this.stream.format;
  }

  /**
   * JPEGs, each of the newest frame, until what is returned is disposed of. With `gray`, without its colors. `width`:
   * how wide they are shown at most, in pixels; the smallest of a few sizes that is not smaller is used. 0: the full size.
   */
  subscribeJpegs({ gray = false, width = 0 } = {}): { frames: Latest<Jpeg> } & Disposable {
    using scope = new DisposableStack();
    scope.use(this.stream.subscribe());
    const source = this.#openJpegs(gray ? grayFormat(this.format) : this.format, width);
    scope.use(source.watch());
    const subscription = scope.move();
    return {
      frames: source.jpegs,
      [Symbol.dispose]: () => subscription.dispose(),
    };
  }

  /**
   * The rates and sizes of its H.264, lowest first. Empty where ffmpeg has no encoder, until `installedH264Encoders` is
   * known, and for a lossless stream, whose frames all count.
   */
  get rungs(): readonly Rung[] {
    return this.#h264.rungs;
  }

  /** The access units of a rung, until what is returned is disposed of. They are encoded only while somebody subscribes. */
  subscribeH264(rung: Rung): { units: AccessUnits } & Disposable {
    using scope = new DisposableStack();
    scope.use(this.stream.subscribe());
    const { units } = scope.use(this.#h264.subscribe(rung));
    const subscription = scope.move();
    return { units, [Symbol.dispose]: () => subscription.dispose() };
  }

  /** Why a client does not get the format that it requests; undefined if it does. */
  async refusal(hello: Hello | undefined): Promise<AccessRefusal | undefined> {
    if ((hello?.wire ?? this.#options.wire) !== "h264") return undefined;
    await installedH264Encoders();
    if (this.rungs.length > 0) return undefined;
    const message = this.frames.isLossless
      ? "H.264 would change the pictures of a lossless stream"
      : `the server's ffmpeg has no ${
        this.#options.encoder ?? DEFAULT_ENCODER
      }, the encoder of H.264`;
    return { kind: "no such format", error: "wire", message };
  }

  /** What a client is going to get; `hello` is undefined for a silent one. */
  describe(hello: Hello | undefined): StreamDescription {
    const { fps } = this.stream;
    const wire = hello?.wire ?? this.#options.wire;
    const format = getsColor(wire, hello) ? this.format : grayFormat(this.format);
    const lossless = this.frames.isLossless;
    return {
      ...{ wire, format, fps },
      ...(hello?.pixels && { tellsPixels: true }),
      ...(lossless && { lossless }),
      ...(hello?.via && { via: this.via }),
    };
  }

  /**
   * Opens the way of one client, until what is returned is disposed of. A client that sends a greeting takes notes beside frames. A
   * lossless stream waits for it until then, or until the abort of `signal`.
   */
  subscribe(
    { wire, format, fps }: StreamDescription,
    { hello, signal }: { hello: Hello | undefined; signal: AbortSignal },
  ): Subscription {
    const { frames } = this.stream;
    const spoken = hello !== undefined;
    if (wire === "h264") return this.#subscribeUnits({ spoken, steady: hello?.steady ?? false });
    using scope = new DisposableStack();
    let muxer: FrameMuxer<Frame> | FrameMuxer<Jpeg>;
    if (wire === "mjpeg") {
      const jpegs = scope.use(this.subscribeJpegs({ gray: !hasColor(format) }));
      muxer = mjpegMuxer(jpegs.frames, { spoken });
    } else {
      scope.use(this.stream.subscribe());
      muxer = wire === "raw"
        ? rawMuxer(frames, { format })
        : y4mMuxer(frames, { format, fps, numbered: spoken });
    }
    // Last: from now on a lossless stream has its client.
    scope.use(frames.join({ signal }));
    const subscription = scope.move();
    return { muxer, [Symbol.dispose]: () => subscription.dispose() };
  }

  /** Resolves when the server no longer serves it. */
  get unpublished(): Promise<void> {
    return this.#unpublished.promise;
  }

  /** Stops the encoders. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unpublished.resolve();
    await this.#h264[Symbol.asyncDispose]();
    await Promise.all([...this.#jpegs.values()].map((source) => source[Symbol.asyncDispose]()));
  }

  #openJpegs(format: FrameFormat, width: number): JpegSource {
    const size = tileSize(format, width);
    const key = `${formatFrameSize(size)} ${format.pixels}`;
    const opened = this.#jpegs.get(key) ?? this.#newJpegs(format, size);
    this.#jpegs.set(key, opened);
    return opened;
  }

  #newJpegs(format: FrameFormat, size: FrameSize): JpegSource {
    const encoder = new JpegEncoder(this.frames, { ...this.#options, format, size });
    // The source's own are as large as its frames, and have their colors.
    const isAsItIs = isSameFormat(format, this.format) && size.width === format.width;
    if (!this.stream.encoded || !isAsItIs) return encoder;
    return new SourceJpegs(this.stream, encoder, this.#options);
  }

  #subscribeUnits({ spoken, steady }: { spoken: boolean; steady: boolean }): Subscription {
    return {
      muxer: h264Muxer({ spoken }),
      units: { source: this, rungs: this.rungs, steady },
      [Symbol.dispose]: () => {},
    };
  }
}

/**
 * Whether a client gets colors, where the stream has them: it has asked for them, or it sends no greeting and gets a
 * format that says what it is. Raw frames do not: the tutorial's clients expect gray.
 */
function getsColor(wire: Wire, hello: Hello | undefined): boolean {
  return hello ? hello.pixels === "yuv420p" : wire !== "raw";
}
