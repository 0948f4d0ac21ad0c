/**
 * The life of a stream's encoder: it runs only while somebody watches, and starts again after a failure. A subclass
 * encodes.
 */

import { pause } from "../async/aborted.ts";
import type { Frame } from "../frame/frame.ts";
import type { Ending, Latest, LatestReader } from "../frame/latest.ts";
import { messageOf } from "../log/failure.ts";
import type { Log } from "../log/log.ts";

/** How long after a failure the encoder starts again. */
const RESTART_MS = 1000;

/** How long a frame may take; the first one includes the start of ffmpeg. */
export const FRAME_MS = 5000;
export const TOO_SLOW = `a frame took longer than ${FRAME_MS / 1000} s`;

/** Where an encoder's pictures go. */
export interface EncoderOutput {
  clear(): void;
  end(ending?: Ending): void;
}

/** Encodes each frame once for all viewers. */
export abstract class EncoderLoop implements AsyncDisposable {
  readonly #frames: Latest<Frame>;
  readonly #output: EncoderOutput;
  readonly #log: Log;
  /** For messages, such as "JPEG". */
  readonly #kind: string;
  #watchers = 0;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  /** `output` ends with the frames, or when the encoder is disposed of. */
  constructor(
    frames: Latest<Frame>,
    { output, kind, log }: { output: EncoderOutput; kind: string; log: Log },
  ) {
    this.#frames = frames;
    this.#output = output;
    this.#kind = kind;
    this.#log = log;
  }

  /** Runs one ffmpeg until the frames end, it fails, or abort. */
  protected abstract encode(frames: Retry, signal: AbortSignal): Promise<void>;

  /** Encodes until all callers have disposed of what this returns. */
  watch(): Disposable {
    if (this.#watchers++ === 0) this.#start();
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over && --this.#watchers === 0) this.#stop?.abort();
        over = true;
      },
    };
  }

  /** Stops the encoder and ends its pictures, and waits for its end. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop?.abort();
    this.#output.end(this.#frames.ending ?? "removed");
    await this.#running;
  }

  #start(): void {
    const { signal } = this.#stop = new AbortController();
    // At once: from now on a lossless stream waits for it.
    const frames = new Retry(this.#frames, { signal });
    // The previous encoder may still be running.
    this.#running = this.#running.then(() => this.#run(frames, signal));
  }

  async #run(given: Retry, signal: AbortSignal): Promise<void> {
    const kind = this.#kind;
    using frames = given;
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        this.#log.debug(`the ${kind} encoder starts: there is a viewer`);
        await this.encode(frames, signal);
        break;
      } catch (thrown) {
        if (signal.aborted) break;
        const line = `the ${kind} encoder failed and starts again in 1 s: ${messageOf(thrown)}`;
        if (failures === 0) this.#log.warn(line);
        else this.#log.debug(line);
        await pause(RESTART_MS, signal);
      }
    }
    this.#output.clear(); // the next viewer must not see an old picture
    if (this.#frames.isEnded && !signal.aborted) this.#output.end(this.#frames.ending);
    this.#log.debug(`the ${kind} encoder has stopped`);
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
