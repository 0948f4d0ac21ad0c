/** A stream's encoder, in a loop that runs only while somebody watches. A subclass encodes. */

import type { Frame } from "../frame/frame.ts";
import type { Ending, Latest, LatestReader } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { type PictureOutput, type Round, WatchedLoop } from "./watched_loop.ts";

/** How long a frame may take; the first one includes the start of ffmpeg. */
export const FRAME_MS = 5000;
export const TOO_SLOW = `a frame took longer than ${FRAME_MS / 1000} s`;

/** Encodes each frame once for all viewers. */
export abstract class EncoderLoop extends WatchedLoop {
  readonly #frames: Latest<Frame>;

  /** `output` ends with the frames, or when the encoder is disposed of. `kind`: for messages, such as "JPEG". */
  constructor(
    frames: Latest<Frame>,
    { output, kind, log }: { output: PictureOutput; kind: string; log: Log },
  ) {
    super({ output, what: `the ${kind} encoder`, log });
    this.#frames = frames;
  }

  /** Runs one ffmpeg until the frames end, it fails, or abort. */
  protected abstract encode(frames: Retry, signal: AbortSignal): Promise<void>;

  /** From now on a lossless stream waits for the encoder. */
  protected override begin(signal: AbortSignal): Round {
    const frames = new Retry(this.#frames, { signal });
    return {
      run: () => this.encode(frames, signal),
      [Symbol.dispose]: () => frames[Symbol.dispose](),
    };
  }

  protected override get ending(): Ending | undefined {
    return this.#frames.ending;
  }
}

/** The frames of an encoder that may fail: one that is not done is given again. It is read from the beginning. */
export class Retry implements Disposable {
  readonly #reader: LatestReader<Frame>;
  readonly #isLossless: boolean;
  #last: Frame | undefined;

  constructor(frames: Latest<Frame>, { signal }: { signal: AbortSignal }) {
    this.#reader = frames.reader({ signal, every: true });
    this.#isLossless = frames.isLossless;
  }

  /** The next frame, or the last one if it was not done and there is none newer; undefined at the end. */
  async next(): Promise<Frame | undefined> {
    const again = this.#last;
    if (again && (this.#isLossless || this.#reader.missed() === 0)) return again;
    return this.#last = (await this.#reader.take())?.value;
  }

  done(): void {
    this.#last = undefined;
  }

  [Symbol.dispose](): void {
    this.#reader[Symbol.dispose]();
  }
}
