/** A stream as clients get it: each wire's muxer, and JPEGs encoded once for all. It owns the JPEG encoder. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { Histogram } from "../stats/histogram.ts";
import type { Stream } from "../stream/stream.ts";
import type { Hello, StreamDescription, Wire } from "../wire/hello.ts";
import { type Jpeg, JpegEncoder } from "./jpeg_encoder.ts";
import { mjpegMuxer, type Muxer, rawMuxer, y4mMuxer } from "./muxer.ts";

export interface PublishedStreamOptions {
  /** The format for clients that do not request one. */
  readonly wire: Wire;
  /** Of the JPEGs, 1 to 100. */
  readonly quality: number;
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
  readonly #encoder: JpegEncoder;

  constructor(stream: Stream, options: PublishedStreamOptions) {
    this.stream = stream;
    this.#options = options;
    this.#encoder = new JpegEncoder(stream.frames, { ...options, size: stream.size });
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

  get size(): FrameSize {
    return this.stream.size;
  }

  /** JPEGs, each of the newest frame, until what is returned is disposed of. */
  subscribeJpegs(): { frames: Latest<Jpeg> } & Disposable {
    using scope = new DisposableStack();
    scope.use(this.stream.subscribe());
    scope.use(this.#encoder.watch());
    const subscription = scope.move();
    return {
      frames: this.#encoder.jpegs,
      [Symbol.dispose]: () => subscription.dispose(),
    };
  }

  /** What a client is going to get; `hello` is undefined for a silent one. */
  describe(hello: Hello | undefined): StreamDescription {
    const { size, fps } = this.stream;
    const wire = hello?.wire ?? this.#options.wire;
    const lossless = this.frames.isLossless;
    const path = hello?.via && { via: this.via };
    return { wire, size, fps, ...(lossless && { lossless }), ...path };
  }

  /**
   * Opens the way of one client, until what is returned is disposed of. `spoken`: it takes notes beside frames. A
   * lossless stream waits for it until then, or until the abort of `signal`.
   */
  subscribe(
    { wire, size, fps }: StreamDescription,
    { spoken, signal }: { spoken: boolean; signal: AbortSignal },
  ): { muxer: Muxer<Frame> | Muxer<Jpeg> } & Disposable {
    const { frames } = this.stream;
    using scope = new DisposableStack();
    let muxer: Muxer<Frame> | Muxer<Jpeg>;
    if (wire === "mjpeg") muxer = mjpegMuxer(scope.use(this.subscribeJpegs()).frames, { spoken });
    else {
      scope.use(this.stream.subscribe());
      muxer = wire === "raw" ? rawMuxer(frames) : y4mMuxer(frames, { size, fps, numbered: spoken });
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

  /** Stops the encoder. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#unpublished.resolve();
    return this.#encoder[Symbol.asyncDispose]();
  }
}
