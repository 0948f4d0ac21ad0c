/** The interfaces of sources and sinks: `Stream` provides pictures, `Sink` consumes them. */

import type { Emitter } from "../async/emitter.ts";
import type { Detection } from "../frame/detection.ts";
import type { EncodedFrames } from "../frame/encoded_frames.ts";
import type { Frame } from "../frame/frame.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Closure, Outage } from "../frame/outage.ts";
import type { Latest } from "../frame/latest.ts";
import type { Metric } from "../stats/metrics.ts";

/** What is taken as the rate of a stream that does not announce one, in frames per second. */
export const USUAL_FPS = 30;

/** The status of a stream, as `/state` returns it. */
export interface StreamStatus {
  /** The name of the stream, for people. */
  readonly name: string;
  /** The size of the frames as they arrived, in pixels. Detections use these coordinates. */
  readonly width: number;
  readonly height: number;
  /** The size of the stream's frames. */
  readonly picture: FrameSize;
  /** Whether the stream's frames have colors. */
  readonly color: boolean;
  /** Whether detections fit the picture after scaling. */
  readonly marks: boolean;
  /** Whether the filters have drawn in the picture what they have detected. */
  readonly drawn: boolean;
  /** Frames per second from the source, whether somebody watches or not. */
  readonly fps: number;
  /** Processed frames per second. On a server, filters run while somebody watches; null without filters. */
  readonly processed: number | null;
}

/** A source of pictures: a camera of this host, or a stream of another server. */
export interface Stream {
  /** A name for people. */
  readonly name: string;
  /** The format of the frames. */
  readonly format: FrameFormat;
  /** Frames per second, as the source announces them; undefined if it does not. */
  readonly fps: number | undefined;
  /** The ids of the servers that the frames come through, the nearest first; undefined: none. */
  readonly via?: readonly string[];
  /** The newest frame, for everybody who watches. The stream is its only writer. */
  readonly frames: Latest<Frame>;
  /** What the source sends encoded already; undefined for a stream that shows something else than its source. */
  readonly encoded?: EncodedFrames | undefined;
  /** The detections of the filters. */
  readonly detections: Emitter<Detection>;
  /**
   * Calls `write` with every frame, in order, until the result is disposed of: for recordings. The stream waits
   * for each write, so a slow `write` slows the stream down. Placeholders are left out.
   */
  tap(write: (frame: Frame) => Promise<void>): Disposable;
  /** Counts a viewer until the result is disposed of. A camera's filters run only while there are viewers. */
  subscribe(): Disposable;
  /** Since when the source is lost, and why; undefined while it is available. */
  outage(): Outage | undefined;
  /** Since when the source is outside its hours, and until when; undefined in them, and without. */
  closure?(): Closure | undefined;
  /** The status, for the web pages. */
  status(): StreamStatus;
  /** Metrics for Prometheus. */
  metrics(): Metric[];
  /** Runs until the source ends, or on abort. Throws a `Failure` if the source fails. */
  run(control: { signal: AbortSignal }): Promise<void>;
}

/** A consumer of pictures: a window, a file, a media server, a log of events. */
export interface Sink {
  /** A name for people. */
  readonly name: string;
  /** Consumes frames until they end, the user closes the sink, or on abort. Throws a `Failure` if it fails. */
  run(stream: Stream, control: { signal: AbortSignal }): Promise<void>;
}
