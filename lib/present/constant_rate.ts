/**
 * A clip of a format that has no times (AVI, YUV4MPEG2): a gap is filled with the frame before it, so that
 * the film lasts as long as what it shows.
 */

import type { Frame } from "../frame/frame.ts";
import type { Clip, Progress } from "./clip.ts";

/** A frame that is late by less than this, in frame periods, is only delayed: there is no gap. */
const LATE_FRAMES = 1.1;

/** How far the film can be ahead of the frames' times before a frame is left out. */
const MAX_AHEAD_SECONDS = 0.5;

/**
 * The longest gap that is filled, in seconds and in bytes of frames: writing it takes some seconds, and
 * nothing is received meanwhile (a server closes a client that reads nothing for 10 s).
 */
const MAX_GAP = { seconds: 600, bytes: 1e9 };

export class ConstantRate implements Clip {
  readonly #clip: Clip;
  readonly #fps: number;
  readonly #onCut: (gap: number, filled: number) => void;
  #first: number | undefined;
  #last: Frame | undefined;
  /** Frames written, and frames left out of gaps that were too long. */
  #written = 0;
  #cut = 0;
  #hurried = false;

  /** `onCut` is called for a gap that is too long, with its length and how much of it is filled, in seconds. */
  constructor(
    clip: Clip,
    { fps, onCut }: { fps: number; onCut: (gap: number, filled: number) => void },
  ) {
    this.#clip = clip;
    this.#fps = fps;
    this.#onCut = onCut;
  }

  get progress(): Progress {
    return this.#clip.progress;
  }

  hurry(): void {
    this.#hurried = true;
    this.#clip.hurry?.();
  }

  async write(frame: Frame): Promise<boolean> {
    this.#first ??= frame.capturedAt;
    const due = (frame.capturedAt - this.#first) * this.#fps / 1000 - this.#cut;
    const ahead = this.#written - due;
    if (ahead > Math.max(1.5, MAX_AHEAD_SECONDS * this.#fps)) return true;
    if (-ahead > LATE_FRAMES && this.#last) {
      const most = this.#most(frame.pixels.length);
      const missing = Math.round(-ahead);
      if (missing > most) {
        this.#cut += missing - most;
        this.#onCut(missing / this.#fps, most / this.#fps);
      }
      for (let i = Math.min(missing, most); i > 0 && !this.#hurried; i--) {
        if (!await this.#put(this.#last)) return false;
      }
    }
    this.#last = frame;
    return await this.#put(frame);
  }

  /** How many frames of a gap are filled. */
  #most(frameBytes: number): number {
    const { seconds, bytes } = MAX_GAP;
    return Math.max(1, Math.floor(Math.min(seconds * this.#fps, bytes / frameBytes)));
  }

  #put(frame: Frame): Promise<boolean> {
    const capturedAt = (this.#first ?? 0) + this.#written++ * 1000 / this.#fps;
    return this.#clip.write({ ...frame, capturedAt });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#clip[Symbol.asyncDispose]();
  }
}
