/**
 * A detector beside the stream: it runs in a Worker of its own, on the newest frame, at its own rate,
 * and its boxes are drawn until newer ones are known.
 */

import { cv, type Mat } from "./cv.ts";
import type { Box, Report } from "../frame/detection.ts";
import type { FrameFacts } from "./filter.ts";
import type { DetectorReply, DetectorRequest } from "./detector_worker.ts";

/** After so many failures in a row nothing is looked for any more: each exception of OpenCV's leaks. */
const MOST_FAILURES = 100;

/** How long a detection under way is waited for at the end, in milliseconds. */
const LAST_LOOK = 500;

export interface BackgroundDetectorOptions {
  readonly name: string;
  readonly options: { readonly [name: string]: unknown };
  /** Detections a second at the most; 0: as many as can be. */
  readonly rate: number;
  readonly draw: boolean;
  /** Whether each frame waits for its own detection, however long that takes. */
  readonly sync: boolean;
}

/** What a look may lead to, also when a later frame has come. */
export interface BackgroundDetectorListener {
  readonly report: (found: Report, facts: FrameFacts) => void;
  readonly fault: (message: string) => void;
}

export class BackgroundDetector {
  /** Fulfilled when the detector has started; rejected where it can't. */
  readonly ready: Promise<void>;
  readonly #options: BackgroundDetectorOptions;
  readonly #size: { width: number; height: number };
  readonly #worker: Worker;
  #boxes: readonly Box[] = [];
  /** The detection under way: settled when it is over. */
  #looking: Promise<void> | undefined;
  #done: (reply: DetectorReply) => void = () => {};
  /** How long the last detection took, in milliseconds. */
  #took = Infinity;
  #failures = 0;
  /** When the next detection is due, by `rate`. */
  #dueAt = -Infinity;
  #before: FrameFacts | undefined;

  constructor(options: BackgroundDetectorOptions, size: { width: number; height: number }) {
    this.#options = options;
    this.#size = size;
    this.#worker = new Worker(new URL("./detector_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => this.#done(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#failures = MOST_FAILURES; // the Worker has ended
      this.#done({ kind: "fault", message: event.message });
    };
    this.ready = new Promise((resolve, reject) => {
      this.#done = (reply) => reply.kind === "fault" ? reject(new Error(reply.message)) : resolve();
    });
    this.#send({ kind: "open", name: options.name, options: options.options, size });
  }

  /**
   * The boxes to draw on this frame. Begins a detection on it where none is under way. A detection that
   * is quicker than the stream is waited for, so that a frame has its own boxes; a slower one never.
   */
  async look(
    mat: Mat,
    facts: FrameFacts,
    listener: BackgroundDetectorListener,
  ): Promise<readonly Box[]> {
    const { rate, draw, sync } = this.#options;
    const interval = this.#interval(facts);
    const now = performance.now();
    if (now >= this.#dueAt && !this.#looking && this.#failures < MOST_FAILURES) {
      if (rate > 0) this.#dueAt = nextDue(this.#dueAt, 1000 / rate, now);
      this.#begin(mat, { facts, interval }, listener);
    }
    if (sync) await this.#looking;
    else if (this.#looking && this.#took < interval) await atMost(interval, this.#looking);
    return draw ? this.#boxes : [];
  }

  /** Waits a little for the detection under way and ends the Worker. */
  async close(): Promise<void> {
    if (this.#looking) await atMost(LAST_LOOK, this.#looking);
    this.#worker.terminate();
  }

  /** Milliseconds between the stream's frames, also where some were skipped; 0 for the first. */
  #interval(facts: FrameFacts): number {
    const before = this.#before;
    this.#before = facts;
    if (!before || facts.sequence <= before.sequence) return 0;
    return (facts.capturedAt - before.capturedAt) / (facts.sequence - before.sequence);
  }

  #begin(
    mat: Mat,
    { facts, interval }: { facts: FrameFacts; interval: number },
    { report, fault }: BackgroundDetectorListener,
  ): void {
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#looking = promise;
    this.#done = (reply) => {
      this.#looking = undefined;
      this.#took = performance.now() - startedAt;
      if (reply.kind === "fault") {
        this.#failures++;
        this.#boxes = [];
        fault(reply.message);
      } else if (reply.kind === "found") {
        this.#failures = 0;
        this.#boxes = reply.found.boxes ?? [];
        report(reply.found, facts);
      }
      resolve();
    };
    const pixels = this.#copy(mat);
    this.#send({ kind: "frame", pixels, interval: interval || undefined }, [pixels.buffer]);
  }

  /** The Mat's pixels, in the size that the detector was started with. */
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

/** Keeps the beat where it was kept so far, so that a rate does not slip to a divisor of the stream's. */
function nextDue(dueAt: number, period: number, now: number): number {
  return dueAt + period > now ? dueAt + period : now + period;
}

/** Waits for a promise, for so many milliseconds at the most. */
async function atMost(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: number | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
