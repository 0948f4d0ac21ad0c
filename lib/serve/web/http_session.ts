/** One browser that watches the picture: what it has got, and the body of multipart JPEG that it reads. */

import type { Jpeg } from "../../frame/jpeg.ts";
import type { LatestReader } from "../../frame/latest.ts";
import type { Histogram } from "../../stats/histogram.ts";
import { wallClock } from "../../frame/clock.ts";
import { MJPEG_PREAMBLE, writeMjpegPart } from "../../wire/mjpeg.ts";
import type { Viewer } from "../viewers.ts";

/** The content type of the body. */
export const MULTIPART_TYPE = "multipart/x-mixed-replace; boundary=ffmpeg";

export interface HttpSessionOptions {
  /** Address and port of the client. */
  readonly peer: string;
  /** Seconds without progress after which the session ends. */
  readonly stall: number;
  /** Takes the age of each picture when it is sent. */
  readonly ages: Histogram;
  /** Called once, when the body has ended. */
  readonly onEnd: () => void;
  /** Called after `onEnd` if the client reads nothing. It has to close the connection: a body cannot. */
  readonly onStall: () => void;
}

export class HttpSession implements Viewer {
  readonly peer: string;
  readonly wire = "http";
  sent = 0;
  bytes = 0;
  /** The newest picture whenever the client has room. Ends with the pictures, and on abort of their reader. */
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: HttpSessionOptions;
  readonly #reader: LatestReader<Jpeg>;
  #skipped = 0;
  #hasBegun = false;
  #isOver = false;
  #timer: number | undefined;

  /** Takes over `reader`. */
  constructor(reader: LatestReader<Jpeg>, options: HttpSessionOptions) {
    this.peer = options.peer;
    this.#options = options;
    this.#reader = reader;
    this.body = new ReadableStream<Uint8Array>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.#end(),
    }, { highWaterMark: 0 });
  }

  /** Frames that the client was too slow for. */
  get skipped(): number {
    return this.#skipped + Math.max(0, this.#reader.missed() - 1);
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(this.#timer);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      return this.#send(controller, new TextEncoder().encode(MJPEG_PREAMBLE));
    }
    const taken = await this.#reader.take();
    if (this.#isOver) return;
    if (!taken) {
      controller.close();
      return this.#end();
    }
    const { bytes, capturedAt } = taken.value;
    this.#send(controller, writeMjpegPart(bytes, taken.value));
    this.#options.ages.add(wallClock() - capturedAt);
    this.sent++;
    this.#skipped += taken.skipped;
    this.#timer = setTimeout(() => this.#closeStalled(controller), this.#options.stall * 1000);
  }

  #send(controller: ReadableStreamDefaultController<Uint8Array>, bytes: Uint8Array): void {
    this.bytes += bytes.length;
    controller.enqueue(bytes);
  }

  #closeStalled(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#end();
    controller.error(new Error("the client reads nothing"));
    this.#options.onStall();
  }

  #end(): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#isOver = true;
    this.#reader[Symbol.dispose]();
    this.#options.onEnd();
  }
}
