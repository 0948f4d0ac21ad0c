/** What the web pages watch for as long as they like: the picture, and what happens. */

import type { Latest, LatestReader } from "../frame/latest.ts";
import type { Histogram } from "../frame/histogram.ts";
import { wallClock } from "../frame/clock.ts";
import { MJPEG_PREAMBLE, writeMjpegPart } from "../wire/mjpeg.ts";
import type { Jpeg } from "./jpeg_encoder.ts";

/** The content type of `JpegBody`. */
export const MULTIPART_TYPE = "multipart/x-mixed-replace; boundary=ffmpeg";

/** One who watches by HTTP: what it was sent. */
export class Watcher {
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
 * frames, on abort, and where the reader takes nothing for `stall` seconds; then `onEnd` is called.
 */
export function jpegBody(
  jpegs: Latest<Jpeg>,
  watcher: Watcher,
  { stall, ages, signal, onEnd }: {
    stall: number;
    /** Of the pictures when they go out. */
    ages: Histogram;
    signal: AbortSignal;
    onEnd: () => void;
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
        controller.error(new Error("the reader takes nothing"));
        end();
      }, stall * 1000);
    },
    cancel: end,
  }, { highWaterMark: 0 });
}

/** A body of server-sent events. Returns also what sends one; a reader that is too slow misses some. */
export function eventBody(
  { onEnd }: { onEnd: () => void },
): {
  body: ReadableStream<Uint8Array>;
  send: (event: string, data: unknown) => void;
  end: () => void;
} {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start: (started) => {
      controller = started;
    },
    cancel: () => {
      controller = undefined;
      onEnd();
    },
  }, { highWaterMark: MOST_EVENTS });
  return {
    body,
    send: (event, data) => {
      if (!controller || (controller.desiredSize ?? 0) <= 0) return;
      controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
    },
    end: () => {
      controller?.close();
      if (controller) onEnd();
      controller = undefined;
    },
  };
}

/** How many events may wait for a slow reader. */
const MOST_EVENTS = 100;
