/**
 * Reads the frames of a pipe as they arrive, while earlier ones wait for their time. The waits show whether the
 * source is live (a camera, a program) or a film that is already complete, which a pipe does not tell.
 */

/**
 * The limit of what is read ahead, in milliseconds and in bytes, but at least two frames: more than piles up while a
 * server starts, so that the reader soon waits for a live source.
 */
const MAX_AHEAD_MS = 1000;
const MAX_AHEAD_BYTES = 2 ** 25;

/** The limit in frames after the first one was reached: frames read ahead of a live source would be late. */
const LATER_MAX_FRAMES = 3;

/** The number of frames in the moving mean of the waits. */
const MEAN_FRAMES = 8;

/** A source is live if the mean wait for a frame is longer than this part of the interval. */
const LIVE_SHARE = 0.7;

/** A single wait counts for at most this many intervals: it can be a pause. */
const MAX_WAIT_INTERVALS = 2;

/** The source to read from. */
export interface ReadAheadOptions<T> {
  /** Gives the next frame, undefined after the last one. There is one call at a time. */
  readonly read: () => Promise<T | undefined>;
  /** The length of a frame in bytes. */
  readonly bytes: number;
  /** Milliseconds from one frame to the next at the announced rate. */
  readonly interval: number;
  /** A steady clock, in milliseconds. */
  readonly now?: () => number;
}

/** Reads until it is disposed of. Before that, the owner ends a `read` in progress. */
export class ReadAhead<T> implements AsyncDisposable {
  readonly #options: ReadAheadOptions<T>;
  #most: number;
  readonly #frames: T[] = [];
  readonly #reading: Promise<void>;
  #ended = false;
  #failure: { readonly thrown: unknown } | undefined;
  /** The mean wait for a frame while there is room for it, in intervals. */
  #mean = 0;
  /** Wake the caller that waits for a frame, and the reader that waits for room. */
  #wake = () => {};
  #makeRoom = () => {};

  constructor(options: ReadAheadOptions<T>) {
    const { bytes, interval } = options;
    this.#options = options;
    this.#most = Math.max(
      2,
      Math.floor(Math.min(MAX_AHEAD_MS / interval, MAX_AHEAD_BYTES / bytes)),
    );
    this.#reading = this.#read();
  }

  /** Whether the source is live: it produces frames at no more than 1.4 times the announced rate. */
  get isLive(): boolean {
    return this.#mean > LIVE_SHARE;
  }

  /** The next frame; undefined after the last one. Throws what `read` throws. Only one call at a time. */
  async next(): Promise<T | undefined> {
    while (this.#frames.length === 0) {
      if (this.#failure) throw this.#failure.thrown;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const frame = this.#frames.shift();
    this.#makeRoom();
    return frame;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    this.#makeRoom();
    await this.#reading;
  }

  async #read(): Promise<void> {
    const { read, now = () => performance.now() } = this.#options;
    try {
      while (!this.#ended) {
        const begun = now();
        const frame = await read();
        if (frame === undefined) break;
        this.#note(now() - begun);
        this.#frames.push(frame);
        this.#wake();
        if (this.#frames.length >= this.#most) this.#most = Math.min(this.#most, LATER_MAX_FRAMES);
        while (this.#frames.length >= this.#most && !this.#ended) {
          await new Promise<void>((resolve) => this.#makeRoom = resolve);
        }
      }
    } catch (thrown) {
      this.#failure = { thrown }; // thrown by `next`, after the frames that were read
    }
    this.#ended = true;
    this.#wake();
  }

  #note(waited: number): void {
    const share = Math.min(MAX_WAIT_INTERVALS, waited / this.#options.interval);
    this.#mean += (share - this.#mean) / MEAN_FRAMES;
  }
}
