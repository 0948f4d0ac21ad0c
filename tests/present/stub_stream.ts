/** A stream in memory, for tests of sinks: the test gives the frames and the detections. */

import { Emitter } from "../../lib/async/emitter.ts";
import type { Detection } from "../../lib/frame/detection.ts";
import type { Frame } from "../../lib/frame/frame.ts";
import { Latest } from "../../lib/frame/latest.ts";
import type { Stream } from "../../lib/stream/stream.ts";

export class StubStream implements Stream {
  readonly name = "stub";
  readonly size = { width: 4, height: 3 };
  readonly fps = 10;
  readonly frames = new Latest<Frame>();
  readonly detections = new Emitter<Detection>();
  /** How many sinks are subscribed now. */
  subscribers = 0;
  readonly taps = new Set<(frame: Frame) => Promise<void>>();

  /** Gives a frame to everybody, and waits for the taps. */
  async put(frame: Frame): Promise<void> {
    this.frames.put(frame);
    for (const write of this.taps) await write(frame);
  }

  tap(write: (frame: Frame) => Promise<void>): Disposable {
    this.taps.add(write);
    return { [Symbol.dispose]: () => this.taps.delete(write) };
  }

  subscribe(): Disposable {
    this.subscribers++;
    return { [Symbol.dispose]: () => this.subscribers-- };
  }

  outage(): undefined {}

  status() {
    return {
      name: this.name,
      ...this.size,
      picture: this.size,
      marks: true,
      fps: 10,
      processed: null,
    };
  }

  metrics() {
    return [];
  }

  async run(): Promise<void> {
    await this.frames.ended;
  }
}

/** A log that keeps its lines, by level. */
export function keptLog() {
  const lines = { error: [] as string[], warn: [] as string[], info: [] as string[] };
  const log = {
    error: (line: string) => void lines.error.push(line),
    warn: (line: string) => void lines.warn.push(line),
    info: (line: string) => void lines.info.push(line),
    debug: () => {},
  };
  return { ...lines, log };
}
