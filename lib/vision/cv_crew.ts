/** The Worker of a detector that works with OpenCV, on the gray plane. */

import type { Report } from "../frame/detection.ts";
import { type FrameFormat, grayFormat } from "../frame/frame_format.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import type { DetectorCrew } from "./detector_crew.ts";
import type { DetectorReply, DetectorRequest } from "./detector_worker.ts";

export class CvCrew implements DetectorCrew {
  readonly ready: Promise<void>;
  readonly format: FrameFormat;
  readonly places = 1;
  readonly #worker: Worker;
  #answer: PromiseWithResolvers<DetectorReply> = Promise.withResolvers();
  #hasEnded = false;

  /** Starts a detector of this name, with its options, for pictures of this size. */
  constructor(
    name: string,
    options: { readonly [name: string]: unknown },
    { width, height }: FrameSize,
  ) {
    this.format = grayFormat({ width, height });
    this.#worker = new Worker(new URL("./detector_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<DetectorReply>) => this.#answer.resolve(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#hasEnded = true;
      this.#answer.resolve({ kind: "fault", message: event.message });
    };
    this.ready = this.#ask({ kind: "open", name, options, size: { width, height } }).then(() => {});
    this.ready.catch(() => {}); // the chain waits for it later
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  async detect(
    pixels: Uint8Array<ArrayBuffer>,
    interval: number | undefined,
  ): Promise<Report> {
    const reply = await this.#ask({ kind: "frame", pixels, interval }, [pixels.buffer]);
    return reply.kind === "detected" ? reply.report : {};
  }

  close(): void {
    this.#worker.terminate();
  }

  async #ask(request: DetectorRequest, transfer: Transferable[] = []): Promise<DetectorReply> {
    this.#answer = Promise.withResolvers();
    this.#worker.postMessage(request, transfer);
    const reply = await this.#answer.promise;
    if (reply.kind === "fault") throw new Error(reply.message);
    return reply;
  }
}
