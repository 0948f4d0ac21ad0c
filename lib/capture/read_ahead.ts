/**
 * Reads the frames of a pipe as they come, while earlier ones wait for their time. So it shows whether they are
 * made as time goes by (a camera, a program) or are all there (a film), which a pipe does not say.
 */

/**
 * So much is read ahead at the most, in milliseconds and in bytes, but two frames at least: more than piles up
 * while a server starts, so that a live source soon has to be waited for.
 */
const [MOST_TIME, MOST_BYTES] = [1000, 2 ** 25];

/** So many frames suffice once all of these were there: what is read ahead is late where the source is live after all. */
const FEW = 3;

/** The mean is one of about so many frames. */
const MEAN_FRAMES = 8;

/** Frames that have to be waited for, for longer than this part of their interval, are made as time goes by. */
const LIVE = 0.7;

/** No single wait counts for more than so many intervals: it may be a pause. */
const LONGEST = 2;

/** What is read, and how. */
export interface ReadAheadOptions<T> {
  /** Gives the next frame, undefined after the last one. It is called once at a time. */
  readonly read: () => Promise<T | undefined>;
  /** The length of a frame. */
  readonly bytes: number;
  /** Milliseconds from one frame to the next, at the rate that the stream announces. */
  readonly interval: number;
  /** A steady clock, in milliseconds. */
  readonly now?: () => number;
}

/** Once disposed of it reads no more; whoever disposes of it first ends a `read` that may be under way. */
export class ReadAhead<T> implements AsyncDisposable {
  readonly #options: ReadAheadOptions<T>;
  #most: number;
  readonly #frames: T[] = [];
  readonly #reading: Promise<void>;
  #ended = false;
  #failure: { readonly thrown: unknown } | undefined;
  /** For how long a frame has to be waited for where there is room for it, in intervals. */
  #mean = 0;
  /** Wakes whoever waits for a frame, and the reading that waits for room. */
  #wake = () => {};
  #makeRoom = () => {};

  constructor(options: ReadAheadOptions<T>) {
    const { bytes, interval } = options;
    this.#options = options;
    this.#most = Math.max(2, Math.floor(Math.min(MOST_TIME / interval, MOST_BYTES / bytes)));
    this.#reading = this.#read();
  }

  /** Whether frames are made as time goes by, at 1.4 times the announced rate at the most. */
  get isLive(): boolean {
    return this.#mean > LIVE;
  }

  /** The next frame; undefined after the last one. Throws what `read` throws. One call at a time. */
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
        if (this.#frames.length >= this.#most) this.#most = Math.min(this.#most, FEW);
        while (this.#frames.length >= this.#most && !this.#ended) {
          await new Promise<void>((resolve) => this.#makeRoom = resolve);
        }
      }
    } catch (thrown) {
      this.#failure = { thrown }; // for `next`, behind the frames that are there
    }
    this.#ended = true;
    this.#wake();
  }

  #note(waited: number): void {
    const share = Math.min(LONGEST, waited / this.#options.interval);
    this.#mean += (share - this.#mean) / MEAN_FRAMES;
  }
}
