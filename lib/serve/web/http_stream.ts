/** What the web pages watch for as long as they like: the picture, and what happens. */

import type { Latest, LatestReader } from "../../frame/latest.ts";
import type { Histogram } from "../../stats/histogram.ts";
import { wallClock } from "../../frame/clock.ts";
import { MJPEG_PREAMBLE, writeMjpegPart } from "../../wire/mjpeg.ts";
import type { Jpeg } from "../jpeg_encoder.ts";

/** The content type of `JpegBody`. */
export const MULTIPART_TYPE = "multipart/x-mixed-replace; boundary=ffmpeg";

/** One who watches by HTTP: what it was sent. */
export class HttpSession {
  readonly peer: string;
  sent = 0;
  #skipped = 0;
  #reader: LatestReader<Jpeg> | undefined;

  constructor(peer: string) {
    this.peer = peer;
  }

  /** Frames that it was too slow for. */
  get skipped(): number {
    return this.#skipped + Math.max(0, (this.#reader?.missed() ?? 0) - 1);
  }

  /** Takes note of where its pictures come from. */
  reads(reader: LatestReader<Jpeg>): void {
    this.#reader = reader;
  }

  /** Counts one that was sent, and those skipped before it. */
  count(skipped: number): void {
    this.sent++;
    this.#skipped += skipped;
  }
}

/**
 * The picture as a body of multipart JPEG: the newest one whenever the reader has room. Ends with the
 * frames and on abort; then `onEnd` is called. Where the reader takes nothing for `stall` seconds `onStall`
 * is called too, which has to close the connection: no body can do that.
 */
export function jpegBody(
  jpegs: Latest<Jpeg>,
  watcher: HttpSession,
  { stall, ages, signal, onEnd, onStall }: {
    stall: number;
    /** Of the pictures when they go out. */
    ages: Histogram;
    signal: AbortSignal;
    onEnd: () => void;
    onStall: () => void;
  },
): ReadableStream<Uint8Array> {
  const reader = jpegs.reader({ signal });
  watcher.reads(reader);
  let begun = false;
  let timer: number | undefined;
  let over = false;
  const end = () => {
    clearTimeout(timer);
    if (over) return;
    over = true;
    reader[Symbol.dispose]();
    onEnd();
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(timer);
      if (!begun) {
        begun = true;
        controller.enqueue(new TextEncoder().encode(MJPEG_PREAMBLE));
        return;
      }
      const taken = await reader.take();
      if (over) return;
      if (!taken) {
        controller.close();
        return end();
      }
      const { bytes, capturedAt } = taken.value;
      const part = writeMjpegPart(bytes, taken.value);
      controller.enqueue(part);
      ages.add(wallClock() - capturedAt);
      watcher.count(taken.skipped);
      timer = setTimeout(() => {
        end();
        controller.error(new Error("the reader takes nothing"));
        onStall();
      }, stall * 1000);
    },
    cancel: end,
  }, { highWaterMark: 0 });
}

/** How many events may wait for a slow reader. */
const MOST_EVENTS = 100;

/**
 * Server-sent events to one listener; one that is too slow misses some. It ends by `end`, or when its
 * reader goes; then `onEnd` is called. Where the reader takes nothing of what waits for `stall` seconds
 * `onStall` is called, which has to close the connection.
 */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #stall: number;
  readonly #onEnd: () => void;
  readonly #onStall: () => void;
  readonly #clock: () => number;
  readonly #waiting: Uint8Array[] = [];
  /** Since when the reader has taken nothing of it, in milliseconds. */
  #stuckSince: number | undefined;
  #wake = () => {};
  #isOver = false;

  constructor({ stall, onEnd, onStall, clock = () => performance.now() }: {
    stall: number;
    onEnd: () => void;
    onStall: () => void;
    clock?: () => number;
  }) {
    this.#stall = stall;
    this.#onEnd = onEnd;
    this.#onStall = onStall;
    this.#clock = clock;
    this.body = new ReadableStream<Uint8Array>({
      pull: (controller) => this.#pull(controller),
      cancel: () => this.end(),
    }, { highWaterMark: 0 });
  }

  /** Sends an event. */
  send(event: string, data: unknown): void {
    if (this.#isOver) return;
    const now = this.#clock();
    if (this.#stuckSince !== undefined && now - this.#stuckSince > this.#stall * 1000) {
      this.end();
      return this.#onStall();
    }
    if (this.#waiting.length >= MOST_EVENTS) return;
    this.#stuckSince ??= now;
    const text = `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
    this.#waiting.push(new TextEncoder().encode(text));
    this.#wake();
  }

  /** Ends the body behind what waits. Can be called again. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wake();
    this.#onEnd();
  }

  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    while (this.#waiting.length === 0 && !this.#isOver) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const next = this.#waiting.shift();
    if (!next) return controller.close();
    this.#stuckSince = this.#waiting.length > 0 ? this.#clock() : undefined;
    controller.enqueue(next);
  }
}
