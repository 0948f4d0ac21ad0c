/** What a server sends to all of its clients, and in which ways. It owns the JPEG encoder. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { Histogram } from "../stats/histogram.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import type { Hello, StreamDescription, Wire } from "../wire/hello.ts";
import { type Jpeg, JpegEncoder } from "./jpeg_encoder.ts";
import { mjpegMuxer, type Muxer, rawMuxer, y4mMuxer } from "./muxer.ts";

export interface PublishedStreamOptions {
  readonly size: FrameSize;
  /** Frames a second; undefined where the source does not say. */
  readonly fps: number | undefined;
  /** What a client gets that does not ask for a wire. */
  readonly wire: Wire;
  /** Of the JPEGs, 1 to 100. */
  readonly quality: number;
  /** Whether clients that can't be told of a placeholder frame get nothing in its place. */
  readonly holds: boolean;
  readonly log: Log;
}

export class PublishedStream implements AsyncDisposable {
  /** How old pictures are when they are handed to the system. */
  readonly ages = new Histogram();
  readonly frames: Latest<Frame>;
  readonly #options: PublishedStreamOptions;
  readonly #encoder: JpegEncoder;
  #wanted = 0;

  constructor(frames: Latest<Frame>, options: PublishedStreamOptions) {
    this.frames = frames;
    this.#options = options;
    this.#encoder = new JpegEncoder(frames, options);
  }

  get size(): FrameSize {
    return this.#options.size;
  }

  /** Whether clients that can't be told of a placeholder frame get nothing in its place. */
  get holds(): boolean {
    return this.#options.holds;
  }

  /** Whether somebody wants frames. */
  get isWanted(): boolean {
    return this.#wanted > 0;
  }

  /** Wants frames until what is returned is disposed of. */
  want(): Disposable {
    this.#wanted++;
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over) this.#wanted--;
        over = true;
      },
    };
  }

  /** JPEGs, each of the newest frame, until what is returned is disposed of. */
  watchJpegs(): { feed: Latest<Jpeg> } & Disposable {
    const [wanted, watching] = [this.want(), this.#encoder.watch()];
    return {
      feed: this.#encoder.jpegs,
      [Symbol.dispose]: () => {
        watching[Symbol.dispose]();
        wanted[Symbol.dispose]();
      },
    };
  }

  /** What a client is going to get; `hello` is undefined for a silent one. */
  describe(hello: Hello | undefined): StreamDescription {
    const { size, fps, wire } = this.#options;
    return { wire: hello?.wire ?? wire, size, fps };
  }

  /** Opens the way of one client, until it is disposed of. `spoken`: it takes notes beside frames. */
  open(
    { wire, size, fps }: StreamDescription,
    { spoken }: { spoken: boolean },
  ): { outlet: Muxer<Frame> | Muxer<Jpeg> } & Disposable {
    if (wire === "mjpeg") {
      const { feed, [Symbol.dispose]: close } = this.watchJpegs();
      return { outlet: mjpegMuxer(feed, { spoken }), [Symbol.dispose]: close };
    }
    const outlet = wire === "raw"
      ? rawMuxer(this.frames)
      : y4mMuxer(this.frames, { size, fps, numbered: spoken });
    return { outlet, ...this.want() };
  }

  /** Stops the encoder. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#encoder[Symbol.asyncDispose]();
  }
}
