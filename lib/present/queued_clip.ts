/**
 * A clip whose writer is slow to start: an ffmpeg takes its first frame some 100 ms after it is started, or
 * later on a busy host. Frames wait in a bounded queue meanwhile, so that the stream does not wait for it. Once
 * the writer has caught up, each write waits for it: a slow disk or encoder slows the stream down.
 */

import type { Frame } from "../frame/frame.ts";
import type { Clip, Progress } from "./clip.ts";

/** What can wait: 1 s of frames at 60 fps, and 64 MB of them. With more, `write` waits for room. */
const MAX_WAITING = { frames: 60, bytes: 64 * 2 ** 20 };

/** A writer that has taken more than this reads its pipe, which holds 64 KiB. */
const STARTED_BYTES = 128 * 1024;

/** How long waiting frames can still be written when the program is asked to stop; the others are dropped. */
const HURRY_MS = 1200;

export class QueuedClip implements Clip {
  readonly #waiting: Frame[] = [];
  #bytes = 0;
  #written = 0;
  readonly #onDropped: (count: number) => void;
  readonly #hurryMs: number;
  #clip: Clip | undefined;
  /** Whether the writer takes frames. */
  #writable = true;
  #failure: { readonly thrown: unknown } | undefined;
  /** Opens the clip, then ends each time that the queue is empty. */
  #writing: Promise<void> | undefined;
  /** Runs while the program is asked to stop and frames still wait. */
  #hurry: number | undefined;
  /** Called when there is room again, or none is needed any more. */
  #onRoom = () => {};
  readonly #opening: Promise<void>;

  /**
   * The clip is opened at once; `write` throws what `open` throws. `onDropped` is called with the number of
   * frames for which there was no time at the end.
   */
  constructor(
    open: () => Promise<Clip>,
    { onDropped, hurryMs = HURRY_MS }: { onDropped: (count: number) => void; hurryMs?: number },
  ) {
    this.#onDropped = onDropped;
    this.#hurryMs = hurryMs;
    this.#opening = this.#open(open);
  }

  get progress(): Progress {
    return this.#clip?.progress ?? { seconds: 0, bytes: 0, frames: 0 };
  }

  hurry(): void {
    this.#hurry ??= setTimeout(() => {
      // The first one is being written.
      const dropped = this.#waiting.splice(1);
      for (const { pixels } of dropped) this.#bytes -= pixels.length;
      if (dropped.length > 0) this.#onDropped(dropped.length);
      this.#onRoom();
    }, this.#hurryMs);
    this.#clip?.hurry?.();
  }

  /**
   * Queues a frame if there is room, and never waits; false if the frame is left out. Throws a failure of the frames
   * before it.
   */
  offer(frame: Frame): boolean {
    if (this.#failure) throw this.#failure.thrown;
    if (!this.#writable || this.#isFull(frame.pixels.length)) return false;
    this.#queue(frame);
    return true;
  }

  /**
   * Queues a frame, and waits only while the queue is full; once the writer has caught up, writes it. Throws a
   * failure of the frames before it.
   */
  async write(frame: Frame): Promise<boolean> {
    if (this.#clip && !this.#writing && !this.#failure && this.#written > STARTED_BYTES) {
      return await this.#clip.write(frame);
    }
    while (!this.#failure && this.#writable && this.#isFull(frame.pixels.length)) {
      await new Promise<void>((resolve) => this.#onRoom = resolve);
    }
    if (this.#failure) throw this.#failure.thrown;
    if (!this.#writable) return false;
    this.#queue(frame);
    return true;
  }

  /** Writes what waits, and ends the clip. Throws a failure that `write` has not thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opening;
    await this.#writing;
    clearTimeout(this.#hurry);
    try {
      await this.#clip?.[Symbol.asyncDispose]();
    } catch (thrown) {
      this.#failure ??= { thrown };
    }
    if (this.#failure) throw this.#failure.thrown;
  }

  #queue(frame: Frame): void {
    this.#waiting.push(frame);
    this.#bytes += frame.pixels.length;
    this.#writing ??= this.#writeAll();
  }

  /** A single frame larger than all the room is taken alone. */
  #isFull(bytes: number): boolean {
    const { length } = this.#waiting;
    return length >= MAX_WAITING.frames || length > 0 && this.#bytes + bytes > MAX_WAITING.bytes;
  }

  async #open(open: () => Promise<Clip>): Promise<void> {
    try {
      this.#clip = await open();
      if (this.#hurry !== undefined) this.#clip.hurry?.();
    } catch (thrown) {
      this.#failure = { thrown };
    }
  }

  /** Writes frames until none waits. Never throws: the failure is kept. */
  async #writeAll(): Promise<void> {
    await this.#opening;
    try {
      for (let frame; this.#clip && this.#writable && (frame = this.#waiting[0]);) {
        this.#writable = await this.#clip.write(frame);
        this.#waiting.shift();
        this.#bytes -= frame.pixels.length;
        this.#written += frame.pixels.length;
        this.#onRoom();
      }
    } catch (thrown) {
      this.#failure ??= { thrown };
    }
    this.#writing = undefined;
    this.#onRoom();
  }
}
