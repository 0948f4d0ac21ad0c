/**
 * A detector beside the stream: it runs in a Worker of its own, on the newest frame, at its own rate,
 * and its boxes are drawn until newer ones are known.
 */

import type { Mat } from "./cv.ts";
import type { Box, Finds, FrameFacts } from "./filter.ts";
import type { DetectorReply, DetectorRequest } from "./detector_worker.ts";

export interface LookoutOptions {
  readonly name: string;
  readonly options: { readonly [name: string]: unknown };
  /** Detections a second at the most; 0: as many as can be. */
  readonly rate: number;
  readonly draw: boolean;
}

/** What a look may lead to, also when a later frame has come. */
export interface LookoutListener {
  readonly report: (finds: Finds, facts: FrameFacts) => void;
  readonly fault: (message: string) => void;
}

export class Lookout {
  /** Fulfilled when the detector has started; rejected where it can't. */
  readonly ready: Promise<void>;
  readonly #options: LookoutOptions;
  readonly #worker: Worker;
  #boxes: readonly Box[] = [];
  /** The detection under way: settled when it is over. */
  #looking: Promise<void> | undefined;
  #done: (reply: DetectorReply) => void = () => {};
  /** How long the last detection took, in milliseconds. */
  #took = Infinity;
  #startedAt = -Infinity;
  #lastFrameAt = -Infinity;

  constructor(options: LookoutOptions, size: { width: number; height: number }) {
    this.#options = options;
    this.#worker = new Worker(new URL("./detector_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => this.#done(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
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
    listener: LookoutListener,
  ): Promise<readonly Box[]> {
    const now = performance.now();
    const interval = now - this.#lastFrameAt;
    this.#lastFrameAt = now;
    const { rate, draw } = this.#options;
    const due = rate === 0 || now - this.#startedAt >= 1000 / rate;
    if (due && !this.#looking) this.#begin(mat, facts, listener);
    if (this.#looking && this.#took < interval) await atMost(interval, this.#looking);
    return draw ? this.#boxes : [];
  }

  close(): void {
    this.#worker.terminate();
  }

  #begin(mat: Mat, facts: FrameFacts, { report, fault }: LookoutListener): void {
    const startedAt = this.#startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#looking = promise;
    this.#done = (reply) => {
      this.#looking = undefined;
      this.#took = performance.now() - startedAt;
      if (reply.kind === "fault") {
        fault(reply.message);
      } else if (reply.kind === "finds") {
        this.#boxes = reply.finds.boxes ?? [];
        report(reply.finds, facts);
      }
      resolve();
    };
    const pixels = mat.data.slice();
    this.#send({ kind: "frame", pixels }, [pixels.buffer]);
  }

  #send(request: DetectorRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
  }
}

/** Waits for a promise, for so many milliseconds at the most. */
async function atMost(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: number | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
