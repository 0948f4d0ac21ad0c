/** Detects a link that carries too few frames of a stream. Pure; times in milliseconds of one clock. */

/** How long each measurement takes, in milliseconds. */
const SPAN_MS = 3000;

/** A link that carries less than this share of the frames is too narrow. */
const SHARE = 0.5;

/** The rates of a link that is too narrow. */
export interface Shortage {
  /** Frames a second that arrive. */
  readonly carried: number;
  /** Frames a second that the server captures. */
  readonly captured: number;
}

export class LinkWatch {
  readonly #fps: number | undefined;
  #since: number;
  #waited = 0;
  #frames = 0;
  #first: number | undefined;
  #last: number | undefined;

  /** `fps`: the rate of the stream, if it is known. */
  constructor({ fps, now }: { fps: number | undefined; now: number }) {
    this.#fps = fps;
    this.#since = now;
  }

  /** Notes a time of waiting for bytes. */
  waited(milliseconds: number): void {
    this.#waited += milliseconds;
  }

  /** Notes a frame. */
  frame(sequence: number): void {
    this.#first ??= sequence;
    this.#last = sequence;
    this.#frames++;
  }

  /**
   * The rates, if fewer than half of the frames came in 3 s and the link is the cause: most of that time was
   * waiting for bytes. `midFrame`: a part of a frame has come.
   */
  shortage(now: number, { midFrame }: { midFrame: boolean }): Shortage | undefined {
    const seconds = (now - this.#since) / 1000;
    if (seconds * 1000 < SPAN_MS) return undefined;
    const span = (this.#last ?? 0) - (this.#first ?? 0);
    // Without a whole frame only the announced rate is known.
    const captured = this.#frames > 1
      ? span / seconds
      : midFrame && this.#frames === 0
      ? this.#fps ?? 0
      : 0;
    const carried = Math.max(0, this.#frames - 1) / seconds;
    const linkIsWhy = this.#waited >= seconds * 1000 * SHARE;
    this.#since = now;
    this.#waited = 0;
    this.#frames = this.#last === undefined ? 0 : 1; // the last one is the first of the next span
    this.#first = this.#last;
    return linkIsWhy && captured * seconds >= 2 && carried < captured * SHARE
      ? { carried, captured }
      : undefined;
  }
}
