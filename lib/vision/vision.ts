/**
 * The vision stage: takes the newest frame, has the filter chain process it in a Worker, and puts the
 * result. One frame is in flight; while it is, newer ones replace each other. OpenCV is loaded in the
 * Worker, and only where there is a graph.
 */

import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { formatFrameSize, frameBytes, type FrameSize } from "../frame/frame_size.ts";
import { Histogram } from "../stats/histogram.ts";
import type { Ending, Latest } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { Meter } from "../stats/meter.ts";
import { scaleGray } from "../frame/scale_gray.ts";
import type { Detection } from "../frame/detection.ts";
import type { ChainReply, ChainRequest } from "./chain_worker.ts";
import type { GraphItem } from "./graph.ts";
import { keepsPlaces } from "./registry.ts";
import { workerRights } from "./worker_rights.ts";

export interface VisionOptions {
  readonly graph: readonly GraphItem[];
  /** The size of the frames to come. */
  readonly size: FrameSize;
  readonly log: Log;
  /** Called with what the filters find. */
  readonly onEvent?: (event: Detection) => void;
  /** How long a filter may take to start, and a frame in the chain, in milliseconds; 10,000 without it. */
  readonly longest?: number;
}

/** How long a filter or a frame may take before the filters are given up, in milliseconds. */
const LONGEST = 10_000;

/** How often that is checked in that long. */
const CHECKS = 40;

/** How long the filters may take to close, in milliseconds. */
const CLOSING = 1000;

export class Vision implements AsyncDisposable {
  /** Frames processed, and those skipped because the chain was busy. */
  readonly meter = new Meter();
  /** How long the last frame took in the chain, in milliseconds. */
  took = 0;
  /** How long frames took in the chain. */
  readonly times = new Histogram();
  readonly #options: VisionOptions;
  readonly #worker: Worker;
  #output: FrameSize;
  #answer: PromiseWithResolvers<ChainReply> = Promise.withResolvers();
  /** Why the Worker has ended. */
  #failure: Failure | undefined;
  /** The filter that is being started. */
  #starting: string | undefined;
  #closing: Promise<void> | undefined;
  /** For how many checks an answer has been waited for; undefined: none is. */
  #waited: number | undefined;

  private constructor(options: VisionOptions) {
    this.#options = options;
    this.#output = options.size;
    this.#worker = new Worker(new URL("./chain_worker.ts", import.meta.url), {
      type: "module",
      deno: { permissions: workerRights(options.graph) },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<ChainReply>) => this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failure = new Failure(
        `The filters ended: ${event.message}`,
        "leave out one filter after the other",
      );
      this.#answer.reject(this.#failure);
    };
  }

  /**
   * Loads OpenCV and starts the filters. Throws a `Failure` where one of them refuses, and the signal's
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
          `Cannot start the filters: ${vision.#starting} has given no answer for ${seconds} s`,
          "look in it for a loop that does not end, or leave it out",
        )
      );
      const { graph, size } = options;
      const reply = await vision.#ask({ kind: "open", graph, size });
      if (reply.kind === "refused") {
        throw new Failure(
          `Cannot start the filters: ${reply.message}`,
          "./client --filter list lists the built-in ones; docs/filters.md shows one of your own",
        );
      }
      if (reply.kind === "opened") vision.#output = reply.output;
      const { width, height } = vision.#output;
      if (width !== size.width || height !== size.height) {
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

  /** Whether what was found stands, once scaled, where it stands in the processed frames. */
  get keepsShape(): boolean {
    return this.#options.graph.every((item) => item.kind === "built-in" && keepsPlaces(item.name));
  }

  /** The size of the processed frames. */
  get output(): FrameSize {
    return this.#output;
  }

  /**
   * Processes frames from `input` to `output` until they end, or on abort. It must be the only reader of
   * `input`: the buffers of the frames it takes are given away. While nobody wants the result, nothing
   * is done, and `output` is emptied. `finish` is called with each result before others see it.
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
    using reader = input.reader({ signal });
    const stopped = () => this.#answer.reject(signal.reason);
    signal.addEventListener("abort", stopped, { once: true });
    let ending: Ending = "failed";
    using _watch = this.#watch((seconds) =>
      new Failure(
        `The filters have given no answer for ${seconds} s`,
        "leave out one filter after the other",
      )
    );
    try {
      for (let taken; (taken = await reader.take());) {
        if (!wanted()) {
          output.clear();
          continue;
        }
        if (taken.value.kind) {
          const placeholder = fitted(taken.value, this.#output);
          finish(placeholder);
          output.put(placeholder);
          continue;
        }
        const { pixels, sequence, capturedAt } = taken.value;
        const request = { kind: "frame", pixels, sequence, capturedAt } as const;
        const reply = await this.#ask(request, [pixels.buffer]);
        // An own filter could answer in the chain's name: what is no frame would shift a raw stream.
        if (reply.kind !== "frame" || reply.pixels.length !== frameBytes(this.#output)) continue;
        this.meter.count(taken.skipped);
        this.took = reply.took;
        this.times.add(reply.took);
        const frame = { ...this.#output, pixels: reply.pixels, sequence, capturedAt };
        finish(frame);
        output.put(frame);
      }
      ending = input.ending ?? "over";
    } catch (thrown) {
      if (!signal.aborted) throw thrown;
    } finally {
      signal.removeEventListener("abort", stopped);
      output.end(ending);
    }
  }

  /** The chain's own speed, for the status line. */
  get status(): string {
    const { meter, took } = this;
    return `filter ${took.toFixed(1)} ms ${meter.rate().toFixed(1)} fps ${meter.skipped} skipped`;
  }

  /** Closes the filters, which may still report, and ends the Worker. Can be called again. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing ??= this.#close();
  }

  async #close(): Promise<void> {
    const timer = setTimeout(() => this.#answer.resolve({ kind: "closed" }), CLOSING);
    try {
      if (this.#failure) return;
      let reply = await this.#ask({ kind: "close" });
      while (reply.kind === "frame") { // one that was under way on abort
        this.#answer = Promise.withResolvers();
        reply = await this.#answer.promise;
      }
    } catch {
      // the Worker has ended by itself, which `run` has told
    } finally {
      clearTimeout(timer);
      this.#worker.terminate();
    }
  }

  #ask(request: ChainRequest, transfer: Transferable[] = []): Promise<ChainReply> {
    this.#answer = Promise.withResolvers();
    // How long OpenCV takes to load is the machine's matter.
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
   * Gives the filters up where they don't answer: one that loops for ever, or ends its Worker, says nothing.
   * It counts its own checks, not the clock, which goes on while a program is stopped (Ctrl-Z).
   */
  #watch(failure: (seconds: number) => Failure): Disposable {
    const { longest = LONGEST } = this.#options;
    const timer = setInterval(() => {
      if (this.#waited === undefined || ++this.#waited < CHECKS) return;
      this.#waited = undefined;
      this.#failure = failure(longest / 1000);
      this.#answer.reject(this.#failure);
    }, longest / CHECKS);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }
}

/** A placeholder in the size of the processed frames: no filter sees it. */
function fitted(frame: Frame, size: FrameSize): Frame {
  const same = frame.width === size.width && frame.height === size.height;
  return same ? frame : { ...frame, ...size, pixels: scaleGray(frame, size) };
}
