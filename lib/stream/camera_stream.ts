/**
 * The stream of a camera, a film or a test picture: ffmpeg captures frames, filters process them, and the newest frame
 * is shared, or each of them if the stream is lossless. While the source is lost, the frames are NO SIGNAL pictures. The
 * stream owns the capture and the filters.
 */

import { Emitter } from "../async/emitter.ts";
import { runAll } from "../async/run_all.ts";
import { CopiedOutput } from "../capture/copied_output.ts";
import { sourceName } from "../capture/source_name.ts";
import { SteadyCapture, type SteadyOptions } from "../capture/steady_capture.ts";
import type { CaptureHours } from "../capture/closed_time.ts";
import { type CaptureRequest, isPaced } from "../ffmpeg/capture_arguments.ts";
import type { Detection } from "../frame/detection.ts";
import type { EncodedFrames } from "../frame/encoded_frames.ts";
import type { Frame } from "../frame/frame.ts";
import { type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Closure, Outage } from "../frame/outage.ts";
import { type Ending, Latest } from "../frame/latest.ts";
import { Lossless } from "../frame/lossless.ts";
import { Meter } from "../stats/meter.ts";
import { type Metric, single } from "../stats/metrics.ts";
import type { GraphItem } from "../vision/graph.ts";
import { Vision } from "../vision/vision.ts";
import { writeStamp } from "../wire/stamp.ts";
import { filterMetrics } from "./filter_status.ts";
import { drawClosed, drawNoSignal } from "./placeholder.ts";
import { publicName } from "./public_name.ts";
import type { Stream, StreamStatus } from "./stream.ts";
import { type SubscriberOptions, Subscribers } from "./subscribers.ts";
import { Taps } from "./taps.ts";

export interface CameraStreamOptions
  extends Omit<SteadyOptions, "drawPlaceholder" | "copied" | "hours">, SubscriberOptions {
  /** When it is captured; undefined: always. */
  readonly opening?: Omit<CaptureHours, "draw"> | undefined;
  readonly filter: readonly GraphItem[] | undefined;
  /** The stream ends after this many captured frames; undefined: no limit. */
  readonly frames: number | undefined;
  /** Whether the first 12 bytes of each frame are its time and number. */
  readonly stamp: boolean;
  /** Whether every client gets every frame: the source then waits for the slowest. It must be a film. */
  readonly lossless?: boolean;
  /** A lossless stream starts when it has this many clients; 1 by default. */
  readonly waitForClients?: number;
}

type RunOptions = Pick<
  CameraStreamOptions,
  "frames" | "stamp" | "lossless" | "waitForClients" | "onWatched"
>;

/** The part of a capture that the stream uses. */
type OpenCapture =
  & Pick<SteadyCapture, "name" | "format" | "fps" | "restarts" | "outage" | "frames">
  & Partial<Pick<SteadyCapture, "closure">>
  & AsyncDisposable;

const CLOSED_HELP = "Whether the source is outside its hours, and nothing is captured.";

export class CameraStream implements Stream, AsyncDisposable {
  readonly frames: Latest<Frame>;
  readonly detections: Emitter<Detection>;
  /** Counts captured frames. */
  readonly meter = new Meter();
  readonly #options: RunOptions;
  readonly #capture: OpenCapture;
  readonly #vision: Vision | undefined;
  readonly #copied: CopiedOutput | undefined;
  readonly #subscribers: Subscribers;
  readonly #taps = new Taps();
  /** When the first frame of a lossless stream was read. */
  #startedAt: number | undefined;

  /** Takes ownership of an open capture, of what the source sends, and of filters that emit `detections`. */
  constructor(
    { capture, copied, vision, detections = new Emitter() }: {
      capture: OpenCapture;
      copied?: CopiedOutput | undefined;
      vision?: Vision | undefined;
      detections?: Emitter<Detection>;
    },
    options: RunOptions,
  ) {
    const { lossless, waitForClients = 1, onWatched } = options;
    this.#options = options;
    this.#subscribers = new Subscribers(onWatched);
    this.frames = lossless ? new Lossless({ members: waitForClients }) : new Latest();
    this.#capture = capture;
    this.#copied = copied;
    this.#vision = vision;
    this.detections = detections;
  }

  /** Opens the source and starts the filters. Throws a `Failure`, and the signal's reason on abort. */
  static async open(
    request: CaptureRequest,
    options: CameraStreamOptions,
    { signal, orLost }: {
      signal: AbortSignal;
      /** The size of its pictures if it cannot be opened, and counts as lost; undefined: then it fails. */
      orLost?: FrameSize | undefined;
    },
  ): Promise<CameraStream> {
    await using scope = new AsyncDisposableStack();
    const { log } = options;
    const name = sourceName(request.source);
    const copied = showsSource(request, options)
      ? await CopiedOutput.open({ name, log })
      : undefined;
    if (copied) scope.use(copied);
    const { opening } = options;
    const hours = opening && { ...opening, draw: drawClosed };
    const steady = { ...options, drawPlaceholder: drawNoSignal, hours, signal, orLost, copied };
    const capture = scope.use(await SteadyCapture.open(request, steady));
    const detections = new Emitter<Detection>();
    const { filter: graph, lossless = false } = options;
    const onEvent = (detection: Detection) => detections.put(detection);
    const vision = graph &&
      scope.use(
        await Vision.open({ graph, format: capture.format, lossless, log, onEvent }, { signal }),
      );
    scope.move();
    return new CameraStream({ capture, copied, vision, detections }, options);
  }

  get name(): string {
    return this.#capture.name;
  }

  get format(): FrameFormat {
    return this.#vision?.output ?? this.#capture.format;
  }

  get fps(): number | undefined {
    return this.#capture.fps;
  }

  get encoded(): EncodedFrames | undefined {
    return this.#copied?.encoded;
  }

  tap(write: (frame: Frame) => Promise<void>): Disposable {
    using scope = new DisposableStack();
    scope.use(this.#taps.add(write));
    scope.use(this.subscribe());
    return scope.move();
  }

  subscribe(): Disposable {
    return this.#subscribers.add();
  }

  outage(): Outage | undefined {
    return this.#capture.outage;
  }

  closure(): Closure | undefined {
    return this.#capture.closure;
  }

  /** The speed of the filters, for the status line; undefined without filters. */
  get filterStatus(): string | undefined {
    return this.#vision?.status;
  }

  status(): StreamStatus {
    const { width, height } = this.#capture.format;
    const { format } = this;
    return {
      name: publicName(this.name),
      ...{ width, height },
      picture: { width: format.width, height: format.height },
      color: hasColor(format),
      marks: this.#vision?.keepsPositions ?? true,
      drawn: this.#vision?.drawsDetections ?? false,
      fps: this.meter.rate(),
      processed: this.#vision?.meter.rate() ?? null,
    };
  }

  metrics(): Metric[] {
    const { restarts, outage } = this.#capture;
    return [
      single("counter", "framewire_captured_frames_total", "Frames captured.", this.meter.frames),
      single(
        "counter",
        "framewire_source_restarts_total",
        "How often the source was reopened.",
        restarts,
      ),
      single("gauge", "framewire_source_up", "Whether the source is available.", outage ? 0 : 1),
      single("gauge", "framewire_source_closed", CLOSED_HELP, this.closure() ? 1 : 0),
      ...filterMetrics(this.#vision),
    ];
  }

  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    const { frames } = this;
    const vision = this.#vision;
    const stamp = this.#options.stamp ? writeStamp : () => {};
    if (!vision) {
      const publish = async (frame: Frame) => {
        stamp(frame);
        if (frames.isLossless) await frames.room({ signal });
        frames.put(frame);
        await this.#taps.write(frame);
      };
      return await this.#capturing(publish, (ending) => frames.end(ending), signal);
    }
    const captured = this.#options.lossless
      ? new Lossless<Frame>({ members: 0 })
      : new Latest<Frame>();
    const wanted = () => frames.isLossless || this.#subscribers.isWatched;
    const put = async (frame: Frame, control: { signal: AbortSignal }) => {
      if (captured.isLossless) await captured.room(control);
      captured.put(frame);
    };
    await runAll([
      ({ signal }) => this.#capturing(put, (ending) => captured.end(ending), signal),
      ({ signal }) => vision.run(captured, frames, { wanted, finish: stamp, signal }),
      ({ signal }) => this.#taps.follow(frames, { signal }),
    ], { signal });
  }

  /** Stops the capture and the filters. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#vision?.[Symbol.asyncDispose]();
    await this.#capture[Symbol.asyncDispose]();
    await this.#copied?.[Symbol.asyncDispose]();
  }

  /** The frame with its time in the film, counted from the first: when it is read says nothing. */
  #atFilmTime(frame: Frame): Frame {
    this.#startedAt ??= frame.capturedAt;
    const { fps } = this;
    return fps ? { ...frame, capturedAt: this.#startedAt + frame.sequence * 1000 / fps } : frame;
  }

  /** Passes captured frames to `publish`, and at the end the reason to `end`. */
  async #capturing(
    publish: (frame: Frame, control: { signal: AbortSignal }) => Promise<void>,
    end: (ending: Ending) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let ending: Ending = "failed";
    try {
      for await (const frame of this.#capture.frames({ signal })) {
        if (!frame.kind) this.meter.count();
        await publish(this.frames.isLossless ? this.#atFilmTime(frame) : frame, { signal });
        if (this.meter.frames === this.#options.frames) break;
      }
      ending = "over";
    } finally {
      // A stop is no failure, whichever wait it has ended.
      end(signal.aborted ? "over" : ending);
      this.#copied?.end(signal.aborted ? "over" : ending);
    }
  }
}

/**
 * Whether the frames of a stream show what a live source sends, unchanged: then that can be passed on in their place. A
 * stream without colors would show them, a film gives its frames at other times than it is read.
 */
function showsSource(
  { source, pixels, fps, masks = [] }: CaptureRequest,
  { filter, stamp, lossless }: CameraStreamOptions,
): boolean {
  const isLive = source.kind === "device" || source.kind === "stream" && !isPaced(source);
  const isChanged = pixels !== "yuv420p" || fps !== undefined || filter !== undefined || stamp ||
    masks.length > 0;
  return isLive && !isChanged && !lossless;
}
