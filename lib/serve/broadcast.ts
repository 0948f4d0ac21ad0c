/** What a server sends to all of its clients, and in which ways. It owns the JPEG encoder. */

import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Latest } from "../frame/latest.ts";
import type { Log } from "../frame/log.ts";
import type { Hello, StreamDescription, Wire } from "../wire/hello.ts";
import { type Jpeg, JpegEncoder } from "./jpeg_encoder.ts";
import { mjpegOutlet, type Outlet, rawOutlet, y4mOutlet } from "./outlet.ts";

export interface BroadcastOptions {
  readonly size: FrameSize;
  /** Frames a second; undefined where the source does not say. */
  readonly fps: number | undefined;
  /** What a client gets that does not ask for a wire. */
  readonly wire: Wire;
  /** Of the JPEGs, 1 to 100. */
  readonly quality: number;
  readonly log: Log;
}

export class Broadcast implements AsyncDisposable {
  readonly #frames: Latest<Frame>;
  readonly #options: BroadcastOptions;
  readonly #encoder: JpegEncoder;

  constructor(frames: Latest<Frame>, options: BroadcastOptions) {
    this.#frames = frames;
    this.#options = options;
    this.#encoder = new JpegEncoder(frames, options);
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
  ): { outlet: Outlet<Frame> | Outlet<Jpeg> } & Disposable {
    const nothing = { [Symbol.dispose]: () => {} };
    switch (wire) {
      case "raw":
        return { outlet: rawOutlet(this.#frames), ...nothing };
      case "y4m":
        return { outlet: y4mOutlet(this.#frames, { size, fps, numbered: spoken }), ...nothing };
      case "mjpeg":
        return { outlet: mjpegOutlet(this.#encoder.jpegs, { spoken }), ...this.#encoder.watch() };
    }
  }

  /** Stops the encoder. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#encoder[Symbol.asyncDispose]();
  }
}
