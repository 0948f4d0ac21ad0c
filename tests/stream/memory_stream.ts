/** A stream whose frames are put by hand: for what serves, shows and stores. */

import { Emitter } from "../../lib/async/emitter.ts";
import type { Detection } from "../../lib/frame/detection.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { type FrameFormat, hasColor, type PixelFormat } from "../../lib/frame/frame_format.ts";
import { Latest } from "../../lib/frame/latest.ts";
import type { Outage } from "../../lib/frame/outage.ts";
import type { Stream, StreamStatus } from "../../lib/stream/stream.ts";
import { Subscribers } from "../../lib/stream/subscribers.ts";
import { Taps } from "../../lib/stream/taps.ts";

export class MemoryStream implements Stream {
  readonly name = "a test";
  readonly format: FrameFormat;
  readonly fps: number | undefined;
  readonly frames: Latest<Frame>;
  readonly detections = new Emitter<Detection>();
  readonly subscribers = new Subscribers();
  readonly taps = new Taps();
  /** What `outage()` gives. */
  away: Outage | undefined;

  constructor(
    { width = 4, height = 3, pixels = "gray", fps, frames = new Latest<Frame>() }: {
      width?: number;
      height?: number;
      pixels?: PixelFormat;
      fps?: number;
      frames?: Latest<Frame>;
    } = {},
  ) {
    this.format = { width, height, pixels };
    this.fps = fps;
    this.frames = frames;
  }

  /** Gives a frame to those who watch, and to the taps. */
  async put(frame: Frame): Promise<void> {
    this.frames.put(frame);
    await this.taps.write(frame);
  }

  tap(write: (frame: Frame) => Promise<void>): Disposable {
    return this.taps.add(write);
  }

  subscribe(): Disposable {
    return this.subscribers.add();
  }

  outage(): Outage | undefined {
    return this.away;
  }

  status(): StreamStatus {
    const { name, format, fps = 0 } = this;
    const { width, height } = format;
    const picture = { width, height };
    return {
      name,
      ...picture,
      picture,
      color: hasColor(format),
      marks: true,
      drawn: false,
      fps,
      processed: null,
    };
  }

  metrics(): [] {
    return [];
  }

  run(): Promise<void> {
    return this.frames.ended;
  }
}
