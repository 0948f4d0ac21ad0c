/** Whether a link carries too few of a stream's frames. Pure; times in milliseconds of one clock. */

/** How long a link is watched before it is judged, in milliseconds. */
const SPAN = 3000;

/** The share of the frames below which a link is too narrow. */
const SHARE = 0.5;

/** What a narrow link carries. */
export interface Shortage {
  /** Frames a second that came. */
  readonly carried: number;
  /** Frames a second that were captured. */
  readonly captured: number;
}

export class LinkWatch {
  readonly #fps: number | undefined;
  #since: number;
  #waited = 0;
  #frames = 0;
  #first: number | undefined;
  #last: number | undefined;

  /** `fps`: the rate of the stream, where it is known. */
  constructor({ fps, now }: { fps: number | undefined; now: number }) {
    this.#fps = fps;
    this.#since = now;
  }

  /** So long was nothing done but to wait for bytes. */
  waited(milliseconds: number): void {
    this.#waited += milliseconds;
  }

  /** A frame has come. */
  frame(sequence: number): void {
    this.#first ??= sequence;
    this.#last = sequence;
    this.#frames++;
  }

  /**
   * What the link carries, where that was fewer than half of the frames for 3 s, and it was the link: we
   * have been waiting for bytes most of the time. `midFrame`: a frame is under way.
   */
  shortage(now: number, { midFrame }: { midFrame: boolean }): Shortage | undefined {
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 < SPAN) return undefined;
    const span = (this.#last ?? 0) - (this.#first ?? 0);
    // Not one frame in all the time: then the rate that was announced has to tell.
    const captured = this.#frames > 1
      ? span / seconds
      : midFrame && this.#frames === 0
      ? this.#fps ?? 0
      : 0;
    const carried = Math.max(0, this.#frames - 1) / seconds;
    const linkIsWhy = this.#waited >= seconds * 1000 * SHARE;
    this.#since = now;
    this.#waited = 0;
    this.#frames = this.#last === undefined ? 0 : 1; // the last one is the next span's first
    this.#first = this.#last;
    return linkIsWhy && captured * seconds >= 2 && carried < captured * SHARE
      ? { carried, captured }
      : undefined;
  }
}
