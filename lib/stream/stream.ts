/** One shape for everything that gives pictures: a camera of this host, or a stream of another server. */

import type { Emitter } from "../async/emitter.ts";
import type { Detection } from "../frame/detection.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Outage } from "../frame/outage.ts";
import type { Latest } from "../frame/latest.ts";
import type { Metric } from "../stats/metrics.ts";

/** What `/state` says of a stream, field by field. */
export interface StreamStatus {
  /** Of the stream, for people. */
  readonly name: string;
  /** What detections are measured in, in pixels: the frame as it arrived. */
  readonly width: number;
  readonly height: number;
  /** The size of the frames that the stream gives. */
  readonly picture: FrameSize;
  /** Whether detections fit the picture, once scaled. */
  readonly marks: boolean;
  /** The source's frames a second, whether somebody watches or not. */
  readonly fps: number;
  /** Frames a second out of the filters, which run while somebody watches; null without filters. */
  readonly processed: number | null;
}

export interface Stream {
  /** For people. */
  readonly name: string;
  /** The size of the frames that it gives. */
  readonly size: FrameSize;
  /** Frames a second, as the source announces them; undefined where it does not. */
  readonly fps: number | undefined;
  /** The newest frame, for everybody who watches. The stream is its only writer. */
  readonly frames: Latest<Frame>;
  /** What the filters find. */
  readonly detections: Emitter<Detection>;
  /**
   * Has every frame written, in order, until what is returned is disposed of: for records. The stream waits
   * for each write, so that a slow one slows the stream down. Placeholders are left out.
   */
  tap(write: (frame: Frame) => Promise<void>): Disposable;
  /** Says that somebody watches, until what is returned is disposed of: filters run only then. */
  subscribe(): Disposable;
  /** Since when the source is away, and why; undefined while it is there. */
  outage(): Outage | undefined;
  /** For people and the web pages. */
  status(): StreamStatus;
  /** For Prometheus. */
  metrics(): Metric[];
  /** Gives frames until the source ends, or on abort. Throws a `Failure` where the source fails. */
  run(control: { signal: AbortSignal }): Promise<void>;
}

/** One shape for everything that takes pictures: a window, a file, a media server, a log of events. */
export interface Sink {
  /** For people. */
  readonly name: string;
  /** Takes the stream's frames until they end, the user closes the sink, or on abort. Throws a `Failure`. */
  run(stream: Stream, control: { signal: AbortSignal }): Promise<void>;
}
