/**
 * The stream of another server: frames are received, filters process them, and the newest frame is shared.
 * While the server is lost, the frames are WAITING pictures. The stream owns the connection and the filters.
 */

import { abortedOr } from "../async/aborted.ts";
import { Emitter } from "../async/emitter.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { runAll } from "../async/run_all.ts";
import type { Detection } from "../frame/detection.ts";
import type { EncodedFrames } from "../frame/encoded_frames.ts";
import { fitFrame } from "../frame/fit_frame.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameFormat, type FrameFormat, hasColor } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { Outage } from "../frame/outage.ts";
import { type Ending, Latest } from "../frame/latest.ts";
import { Lossless } from "../frame/lossless.ts";
import { formatServer } from "../receive/connect.ts";
import { Receiver } from "../receive/receiver.ts";
import type { ReceiverOptions } from "../receive/receiver_options.ts";
import type { Metric } from "../stats/metrics.ts";
import type { GraphItem } from "../vision/graph.ts";
import { Vision } from "../vision/vision.ts";
import { writeStamp } from "../wire/stamp.ts";
import { filterMetrics } from "./filter_status.ts";
import { drawWaiting } from "./placeholder.ts";
import { ReceivedUnits } from "./received_units.ts";
import { receiverMetrics } from "./receiver_metrics.ts";
import { Renumbering } from "./renumbering.ts";
import type { Stream, StreamStatus } from "./stream.ts";
import { type SubscriberOptions, Subscribers } from "./subscribers.ts";
import { Taps } from "./taps.ts";

export interface RemoteStreamOptions
  extends Omit<ReceiverOptions, "drawPlaceholder">, SubscriberOptions {
  readonly filter: readonly GraphItem[] | undefined;
  /** The stream ends after this many frames; undefined: no limit. */
  readonly frames: number | undefined;
  /** Frames per second, for a server that does not announce them. */
  readonly fps: number | undefined;
  /** Frames are scaled to this size, with black bars; undefined: the size that the server sends first. */
  readonly resolution?: FrameSize | undefined;
  /** Whether the first 12 bytes of each frame are its time and number. */
  readonly stamp?: boolean | undefined;
}

export class RemoteStream implements Stream, AsyncDisposable {
  /** Numbered by arrival, with times of this host's clock. */
  readonly frames = new Latest<Frame>();
  readonly detections: Emitter<Detection>;
  readonly receiver: Receiver;
  readonly vision: Vision | undefined;
  readonly #options: RemoteStreamOptions;
  /** The format of the frames for the filters, whatever the server sends later. */
  readonly #received: FrameFormat;
  readonly #subscribers: Subscribers;
  readonly #taps = new Taps();
  /** Undefined where the frames are not what the server sends, or it sends no H.264. */
  readonly #units: ReceivedUnits | undefined;

  private constructor(
    options: RemoteStreamOptions,
    { receiver, vision, detections }: Pick<RemoteStream, "receiver" | "vision" | "detections">,
  ) {
    this.#options = options;
    this.#subscribers = new Subscribers(options.onWatched);
    this.#received = receivedFormat(receiver, options);
    this.receiver = receiver;
    this.vision = vision;
    this.detections = detections;
    if (mayPassOn(options)) this.#units = new ReceivedUnits(this.#received);
  }

  /**
   * Connects and starts the filters. Throws a `Failure`, and the signal's reason on abort. With `orLost` a server that
   * is not there counts as lost, and its pictures have that size.
   */
  static async open(
    options: RemoteStreamOptions,
    { signal, orLost }: { signal: AbortSignal; orLost?: FrameSize | undefined },
  ): Promise<RemoteStream> {
    const { filter: graph, log } = options;
    await using scope = new AsyncDisposableStack();
    const receiver = scope.use(
      await Receiver.open({ ...options, drawPlaceholder: drawWaiting }, { signal, orLost }),
    );
    const { wire, fps, outage } = receiver;
    const lossless = receiver.isLossless && !options.asCamera;
    const format = receivedFormat(receiver, options);
    if (!outage) {
      log.info(`receiving ${formatFrameFormat(receiver.format)} ${wire} from ${sourceOf(options)}`);
    }
    if (options.asCamera && options.pixels === "yuv420p" && !outage && !hasColor(receiver.format)) {
      log.warn(`${sourceOf(options)} has no colors: its pictures are gray`);
    }
    if (lossless) log.info("the server sends every frame and waits for the slowest client");
    if (fps && options.fps) log.warn(`--fps is ignored: the server announces ${fps} fps`);
    const detections = new Emitter<Detection>();
    const onEvent = (detection: Detection) => detections.put(detection);
    const vision = graph &&
      scope.use(await Vision.open({ graph, format, lossless, log, onEvent }, { signal }));
    scope.move();
    return new RemoteStream(options, { receiver, vision, detections });
  }

  get name(): string {
    const source = sourceOf(this.#options);
    return this.#options.asCamera ? source : `${source}, ${formatFrameFormat(this.format)}`;
  }

  get format(): FrameFormat {
    return this.vision?.output ?? this.#received;
  }

  get fps(): number | undefined {
    return this.receiver.fps ?? this.#options.fps;
  }

  get encoded(): EncodedFrames | undefined {
    return this.#units?.encoded;
  }

  get via(): readonly string[] {
    return this.receiver.via;
  }

  /** Counts the frames received. */
  get meter(): { readonly frames: number; rate(): number } {
    const { stats } = this.receiver;
    return { frames: stats.total().frames, rate: () => stats.rate() };
  }

  /** The speed of the filters, for the status line; undefined without filters. */
  get filterStatus(): string | undefined {
    return this.vision?.status;
  }

  /** Frames for the taps, counted even if there is no tap. */
  get delivered(): number {
    return this.#taps.delivered;
  }

  /** Processed frames that were skipped because the taps were too slow. */
  get missed(): number {
    return this.#taps.missed;
  }

  tap(write: (frame: Frame) => Promise<void>): Disposable {
    // Who records on a server is a viewer.
    const all = [this.#taps.add(write), ...(this.#options.asCamera ? [this.subscribe()] : [])];
    return { [Symbol.dispose]: () => all.forEach((one) => one[Symbol.dispose]()) };
  }

  subscribe(): Disposable {
    return this.#subscribers.add();
  }

  outage(): Outage | undefined {
    const { outage, noSignal } = this.receiver;
    return outage ?? (noSignal && { since: noSignal, why: "the server has no signal" });
  }

  status(): StreamStatus {
    const { width, height } = this.#received;
    const { format } = this;
    return {
      name: this.name,
      ...{ width, height },
      picture: { width: format.width, height: format.height },
      color: hasColor(format),
      marks: this.vision?.keepsPositions ?? true,
      drawn: this.vision?.drawsDetections ?? false,
      fps: this.receiver.stats.rate(),
      processed: this.vision?.meter.rate() ?? null,
    };
  }

  metrics(): Metric[] {
    return [...receiverMetrics(this.receiver), ...filterMetrics(this.vision)];
  }

  /** The filters run even without subscribers, except those of a server: the detections alone can be the purpose. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    const { frames, vision } = this;
    const { stamp, asCamera } = this.#options;
    const { isLossless } = this.receiver;
    // The times of a lossless stream are those of the film.
    const offset = () => isLossless ? 0 : this.receiver.offset?.offset ?? 0;
    const finish = stamp ? writeStamp : undefined;
    if (vision && asCamera) {
      return await this.#runOnDemand(vision, { offset, finish, signal });
    }
    const renumbering = new Renumbering(offset, finish);
    if (!vision) {
      const publish = async (frame: Frame) => {
        const next = renumbering.next(frame);
        frames.put(next);
        this.#units?.put(next);
        await this.#taps.write(frame);
        return this.delivered === this.#options.frames;
      };
      return await this.#receiving(publish, (ending) => frames.end(ending), signal);
    }
    const create = () => isLossless ? new Lossless<Frame>({ members: 0 }) : new Latest<Frame>();
    const [received, processed] = [create(), create()];
    using enough = new LinkedAbortController(signal);
    const put = async (frame: Frame, control: { signal: AbortSignal }) => {
      if (received.isLossless) await received.room(control);
      if (isLossless) await abortedOr(this.detections.taken(), control.signal);
      received.put(frame);
      return false;
    };
    try {
      await runAll([
        ({ signal }) => this.#receiving(put, (ending) => received.end(ending), signal),
        ({ signal }) => vision.run(received, processed, { signal }),
        ({ signal }) => renumbering.run(processed, frames, { signal }),
        async ({ signal }) => {
          await this.#taps.follow(processed, { max: this.#options.frames, signal });
          if (this.delivered === this.#options.frames) enough.abort();
        },
      ], { signal: enough.signal });
    } finally {
      // The filters can report until they are closed, and detections are written until the frames end.
      await vision[Symbol.asyncDispose]();
      frames.end(enough.signal.aborted && !signal.aborted ? "over" : processed.ending);
    }
  }

  /** As a camera runs: the frames are renumbered first, then the filters take those that somebody watches. */
  async #runOnDemand(
    vision: Vision,
    { offset, finish, signal }: {
      offset: () => number;
      finish: ((frame: Frame) => void) | undefined;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { frames } = this;
    const renumbering = new Renumbering(offset);
    const received = new Latest<Frame>();
    const wanted = () => this.#subscribers.isWatched;
    const put = (frame: Frame) => {
      received.put(renumbering.next(frame));
      return this.meter.frames === this.#options.frames;
    };
    await runAll([
      ({ signal }) => this.#receiving(put, (ending) => received.end(ending), signal),
      ({ signal }) => vision.run(received, frames, { wanted, ...(finish && { finish }), signal }),
      ({ signal }) => this.#taps.follow(frames, { signal }),
    ], { signal });
  }

  /** Closes the connection and the filters. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.vision?.[Symbol.asyncDispose]();
    await this.receiver[Symbol.asyncDispose]();
  }

  /** Passes received frames to `publish` until that returns true, and at the end the reason to `end`. */
  async #receiving(
    publish: (frame: Frame, control: { signal: AbortSignal }) => boolean | Promise<boolean>,
    end: (ending: Ending) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let ending: Ending = "failed";
    try {
      for await (const frame of this.receiver.frames({ signal })) {
        // The server may come back with another format.
        if (await publish(fitFrame(frame, this.#received), { signal })) break;
      }
      ending = "over";
    } finally {
      end(ending);
      this.#units?.end(ending);
    }
  }
}

/** Whether frames may be passed on as the H.264 that they come as: nothing changes them, and their colors are wanted. */
function mayPassOn({ wire, filter, stamp, pixels }: RemoteStreamOptions): boolean {
  return (wire === "h264" || wire === "auto") && !filter && !stamp && pixels === "yuv420p";
}

/** The server's format, with the size and the pixels that the options name. */
function receivedFormat(
  { format }: Receiver,
  { resolution, pixels }: RemoteStreamOptions,
): FrameFormat {
  // A server without a greeting may send colors to a client that wants none.
  return { ...format, ...resolution, ...(pixels === "gray" && { pixels }) };
}

/** The server, and its stream where one is named, for messages. */
function sourceOf({ stream, ...server }: RemoteStreamOptions): string {
  return stream === undefined ? formatServer(server) : `${stream} of ${formatServer(server)}`;
}
