/**
 * The vision stage: takes the newest frame, lets the filter chain in a Worker process it, and puts the
 * result. One frame is processed at a time; meanwhile newer frames replace each other, or wait if the stream is
 * lossless. Only the Worker loads
 * OpenCV, and only if there is a graph.
 */

import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { frameBytes, type FrameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import { Histogram } from "../stats/histogram.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { Meter } from "../stats/meter.ts";
import { scaleFrame } from "../frame/fit_frame.ts";
import type { Detection } from "../frame/detection.ts";
import type { ChainReply, ChainRequest } from "./chain_worker.ts";
import type { GraphItem } from "./graph.ts";
import { drawsDetections, keepsPositions, reportsBoxes } from "./registry.ts";
import { drawingFilters } from "./tracking/tracked_graph.ts";
import { workerRights } from "./worker_rights.ts";

export interface VisionOptions {
  readonly graph: readonly GraphItem[];
  /** The format of the input frames. */
  readonly format: FrameFormat;
  /** Whether detectors search every frame, which waits for them. */
  readonly lossless?: boolean;
  readonly log: Log;
  /** Called with each detection. */
  readonly onEvent?: (event: Detection) => void;
  /** How long the start of a filter, and a frame in the chain, can take; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** How long the start of a filter, and a frame in the chain, can take before the filters fail. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Checks per timeout. */
const CHECKS = 40;

/** How long the filters can take to close. */
const CLOSE_TIMEOUT_MS = 1000;

export class Vision implements AsyncDisposable {
  /** Frames processed, and those skipped because the chain was busy. */
  readonly meter = new Meter();
  /** How long the last frame took in the chain. */
  tookMs = 0;
  /** How long frames took in the chain, in milliseconds. */
  readonly times = new Histogram();
  readonly #options: VisionOptions;
  readonly #worker: Worker;
  #output: FrameFormat;
  #answer: PromiseWithResolvers<ChainReply> = Promise.withResolvers();
  /** Why the Worker ended. */
  #failure: Failure | undefined;
  /** The filter that is starting. */
  #starting: string | undefined;
  #closing: Promise<void> | undefined;
  /** Checks since the request; undefined while no answer is due. */
  #waited: number | undefined;

  private constructor(options: VisionOptions) {
    this.#options = options;
    this.#output = options.format;
    this.#worker = new Worker(new URL("./chain_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: workerRights(options.graph) },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<ChainReply>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Failure(
        `The filters ended: ${event.message}`,
        "remove one filter after the other to find the cause",
      );
      this.#answer.reject(this.#failure);
    };
  }

  /**
   * Loads OpenCV and starts the filters. Throws a `Failure` if a filter cannot start, and the signal's
   * reason on abort.
   */
  static async open(
    options: VisionOptions,
    { signal }: { signal: AbortSignal },
  ): Promise<Vision> {
    const vision = new Vision(options);
    const stopped = () => vision.#answer.reject(signal.reason);
    signal.addEventListener("abort", stopped, { once: true });
    try {
      signal.throwIfAborted();
      using _watch = vision.#watch((seconds) =>
        new Failure(
          `Cannot start the filters: ${vision.#starting} did not answer within ${seconds} s`,
          "look for an endless loop in it, or remove it",
        )
      );
      const { graph, format, lossless = false } = options;
      const reply = await vision.#ask({ kind: "open", graph, format, lossless });
      if (reply.kind === "refused") {
        throw new Failure(
          `Cannot start the filters: ${reply.message}`,
          "./client --filter list lists the built-in filters; docs/filters.md shows how to write one",
        );
      }
      if (reply.kind === "opened") vision.#output = reply.output;
      const { width, height } = vision.#output;
      if (width !== format.width || height !== format.height) {
        options.log.info(`after the filters: ${formatFrameSize(vision.#output)}`);
      }
      return vision;
    } catch (thrown) {
      vision.#worker.terminate();
      throw thrown;
    } finally {
      signal.removeEventListener("abort", stopped);
    }
  }

  /** Whether positions in the input frames fit the processed frames after scaling. */
  get keepsPositions(): boolean {
    return this.#options.graph.every((item) =>
      item.kind === "built-in" && keepsPositions(item.name)
    );
  }

  /** Whether the filters detect something and draw all of it in the frames. Own filters are taken not to draw. */
  get drawsDetections(): boolean {
    const draws = drawingFilters(this.#options.graph, reportsBoxes).map((item) =>
      item.kind === "built-in" ? drawsDetections(item) : false
    );
    return draws.includes(true) && !draws.includes(false);
  }

  /** The format of the processed frames. */
  get output(): FrameFormat {
    return this.#output;
  }

  /**
   * Processes frames from `input` to `output` until they end, or on abort. It must be the only reader of
   * `input`: it transfers the buffers of the frames to the Worker. While `wanted` returns false, no frame is
   * processed, and `output` is empty. `finish` gets each result before it is shared.
   */
  async run(
    input: Latest<Frame>,
    output: Latest<Frame>,
    { signal, wanted = () => true, finish = () => {} }: {
      signal: AbortSignal;
      wanted?: () => boolean;
      finish?: (frame: Frame) => void;
    },
  ): Promise<void> {
    using reader = input.reader({ signal, every: true });
    const stopped = () => this.#answer.reject(signal.reason);
    signal.addEventListener("abort", stopped, { once: true });
    let ending: Ending = "failed";
    using _watch = this.#watch((seconds) =>
      new Failure(
        `The filters did not answer within ${seconds} s`,
        "remove one filter after the other to find the cause",
      )
    );
    try {
      for (let taken; (taken = await reader.take());) {
        if (!wanted()) {
          output.clear();
          continue;
        }
        if (taken.value.kind) {
          // Filters do not process it.
          const placeholder = scaleFrame(taken.value, this.#output);
          finish(placeholder);
          if (output.isLossless) await output.room({ signal });
          output.put(placeholder);
          continue;
        }
        const { pixels, sequence, capturedAt } = taken.value;
        const request = { kind: "frame", pixels, sequence, capturedAt } as const;
        const reply = await this.#ask(request, [pixels.buffer]);
        // A user's filter could send a reply itself; one of another size would shift a raw stream.
        if (reply.kind !== "frame" || reply.pixels.length !== frameBytes(this.#output)) continue;
        this.meter.count(taken.skipped);
        this.tookMs = reply.tookMs;
        this.times.add(reply.tookMs);
        const frame = { format: this.#output, pixels: reply.pixels, sequence, capturedAt };
        finish(frame);
        if (output.isLossless) await output.room({ signal });
        output.put(frame);
      }
      ending = input.ending ?? "over";
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
      ending = input.ending ?? "over"; // a stop is no failure
    } finally {
      signal.removeEventListener("abort", stopped);
      output.end(ending);
    }
  }

  /** The speed of the chain, for the status line. */
  get status(): string {
    const { meter, tookMs } = this;
    return `filter ${tookMs.toFixed(1)} ms ${meter.rate().toFixed(1)} fps ${meter.skipped} skipped`;
  }

  /** Closes the filters, which can still report, and ends the Worker. Can be called again. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const timer = setTimeout(() => this.#answer.resolve({ kind: "closed" }), CLOSE_TIMEOUT_MS);
    try {
      if (this.#failure) return;
      let reply = await this.#ask({ kind: "close" });
      while (reply.kind === "frame") { // a frame that was under way on abort
        this.#answer = Promise.withResolvers();
        reply = await this.#answer.promise;
      }
    } catch {
      // the Worker ended by itself; `run` reported it
    } finally {
      clearTimeout(timer);
      this.#worker.terminate();
    }
  }

  #ask(request: ChainRequest, transfer: Transferable[] = []): Promise<ChainReply> {
    this.#answer = Promise.withResolvers();
    // Loading OpenCV has no time limit: it depends on the machine.
    this.#waited = request.kind === "open" ? undefined : 0;
    if (this.#failure) this.#answer.reject(this.#failure);
    this.#worker.postMessage(request, transfer);
    return this.#answer.promise;
  }

  #receive(reply: ChainReply): void {
    if (reply.kind === "event") this.#options.onEvent?.(reply.event);
    else if (reply.kind === "fault") this.#options.log.warn(reply.message);
    else if (reply.kind === "starting") {
      this.#starting = reply.filter;
      this.#waited = reply.filter === undefined ? undefined : 0;
    } else {
      this.#waited = undefined;
      this.#answer.resolve(reply);
    }
  }

  /**
   * Fails if the filters do not answer: a filter that loops forever, or ends its Worker, sends nothing. It
   * counts checks, not time: the clock continues while the program is stopped (Ctrl-Z).
   */
  #watch(failure: (seconds: number) => Failure): Disposable {
    const { timeoutMs = ANSWER_TIMEOUT_MS } = this.#options;
    const timer = setInterval(() => {
      if (this.#waited === undefined || ++this.#waited < CHECKS) return;
      this.#waited = undefined;
      this.#failure = failure(timeoutMs / 1000);
      this.#answer.reject(this.#failure);
    }, timeoutMs / CHECKS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }
}
