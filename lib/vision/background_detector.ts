/**
 * Runs a detector beside the stream: in its own Worker, on the newest frame, at its own rate. Each frame
 * gets the boxes of the last detection.
 */

import { waitAtMost } from "./wait_at_most.ts";
import { cv, type Mat } from "./cv.ts";
import type { Box, Report } from "../frame/detection.ts";
import type { FrameFacts } from "./filter.ts";
import type { DetectorReply, DetectorRequest } from "./detector_worker.ts";

/** Detection stops after this many failures in a row: each exception in OpenCV leaks memory. */
const MAX_FAILURES = 100;

/** How long `close` waits for the detection under way. */
const CLOSE_TIMEOUT_MS = 500;

export interface BackgroundDetectorOptions {
  readonly name: string;
  readonly options: { readonly [name: string]: unknown };
  /** The maximum number of detections per second; 0: no limit. */
  readonly rate: number;
  readonly draw: boolean;
  /** Whether each frame waits for its own detection, no matter how long that takes. */
  readonly sync: boolean;
}

/** Gets the result of a detection, which can come after later frames. */
export interface BackgroundDetectorListener {
  readonly report: (report: Report, facts: FrameFacts) => void;
  readonly fault: (message: string) => void;
}

export class BackgroundDetector {
  /** Fulfilled when the detector has started; rejected if it cannot start. */
  readonly ready: Promise<void>;
  readonly #options: BackgroundDetectorOptions;
  readonly #size: { width: number; height: number };
  readonly #worker: Worker;
  #boxes: readonly Box[] = [];
  /** The detection under way; fulfilled when it ends. */
  #pending: Promise<void> | undefined;
  #done: (reply: DetectorReply) => void = () => {};
  /** How long the last detection took. */
  #lastMs = Infinity;
  #failures = 0;
  /** When the next detection is due, according to `rate`. */
  #dueAt = -Infinity;
  #previous: FrameFacts | undefined;

  constructor(options: BackgroundDetectorOptions, size: { width: number; height: number }) {
    this.#options = options;
    this.#size = size;
    this.#worker = new Worker(new URL("./detector_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => this.#done(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failures = MAX_FAILURES; // the Worker ended
      this.#done({ kind: "fault", message: event.message });
    };
    this.ready = new Promise((resolve, reject) => {
      this.#done = (reply) => reply.kind === "fault" ? reject(new Error(reply.message)) : resolve();
    });
    this.#send({ kind: "open", name: options.name, options: options.options, size });
  }

  /**
   * Returns the boxes to draw on this frame. Starts a detection on the frame if none is under way. Waits
   * for a detection that is faster than the stream, so that a frame gets its own boxes; never for a slower
   * one.
   */
  async detect(
    mat: Mat,
    facts: FrameFacts,
    listener: BackgroundDetectorListener,
  ): Promise<readonly Box[]> {
    const { rate, draw, sync } = this.#options;
    const interval = this.#interval(facts);
    const now = performance.now();
    if (now >= this.#dueAt && !this.#pending && this.#failures < MAX_FAILURES) {
      if (rate > 0) this.#dueAt = nextDue(this.#dueAt, 1000 / rate, now);
      this.#begin(mat, { facts, interval }, listener);
    }
    if (sync) await this.#pending;
    else if (this.#pending && this.#lastMs < interval) await waitAtMost(interval, this.#pending);
    return draw ? this.#boxes : [];
  }

  /** Waits for the detection under way, up to `CLOSE_TIMEOUT_MS`, and ends the Worker. */
  async close(): Promise<void> {
    if (this.#pending) await waitAtMost(CLOSE_TIMEOUT_MS, this.#pending);
    this.#worker.terminate();
  }

  /** Milliseconds between two frames of the stream, skipped ones included; 0 for the first frame. */
  #interval(facts: FrameFacts): number {
    const previous = this.#previous;
    this.#previous = facts;
    if (!previous || facts.sequence <= previous.sequence) return 0;
    return (facts.capturedAt - previous.capturedAt) / (facts.sequence - previous.sequence);
  }

  #begin(
    mat: Mat,
    { facts, interval }: { facts: FrameFacts; interval: number },
    { report, fault }: BackgroundDetectorListener,
  ): void {
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending = promise;
    this.#done = (reply) => {
      this.#pending = undefined;
      this.#lastMs = performance.now() - startedAt;
      if (reply.kind === "fault") {
        this.#failures++;
        this.#boxes = [];
        fault(reply.message);
      } else if (reply.kind === "detected") {
        this.#failures = 0;
        this.#boxes = reply.report.boxes ?? [];
        report(reply.report, facts);
      }
      resolve();
    };
    const pixels = this.#copy(mat);
    this.#send({ kind: "frame", pixels, interval: interval || undefined }, [pixels.buffer]);
  }

  /** Copies the Mat's pixels, scaled to the size that the detector was started with. */
  #copy(mat: Mat): Uint8Array<ArrayBuffer> {
    const { width, height } = this.#size;
    using fitted = new cv.Mat();
    if (mat.rows === height && mat.cols === width) {
      if (mat.isContinuous()) return mat.data.slice();
      mat.copyTo(fitted);
    } else {
      cv.resize(mat, fitted, new cv.Size(width, height));
    }
    return fitted.data.slice();
  }

  #send(request: DetectorRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
  }
}

/** Keeps a steady period if it can, so that the rate does not drop to a divisor of the stream's rate. */
function nextDue(dueAt: number, period: number, now: number): number {
  return dueAt + period > now ? dueAt + period : now + period;
}
