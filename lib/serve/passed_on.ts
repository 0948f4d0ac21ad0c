/**
 * The pictures of one kind that viewers get: those that the source sends, as they are, and encoded ones while it sends
 * none (it is lost, say). The encoder runs only then. It runs only while somebody watches.
 */

import { pause } from "../async/aborted.ts";
import type { Ending, LatestReader } from "../frame/latest.ts";

/** How long pictures may be missing before it is asked why, in milliseconds. */
const ASK_MS = 250;

/** Pictures that can be read: a `Latest`, or `AccessUnits`. */
export interface Pictures<T> {
  readonly ending: Ending | undefined;
  reader(control: { signal: AbortSignal }): LatestReader<T>;
}

export interface PassedOnOptions<T> {
  /** What the source sends; undefined while it sends nothing of that kind. */
  readonly passed: () => Pictures<T> | undefined;
  /** Encodes until what is returned is disposed of; undefined where that is not possible. */
  readonly encode: () => ({ readonly pictures: Pictures<T> } & Disposable) | undefined;
  /** Where the pictures go. */
  readonly output: { put(picture: T): void; clear(): void; end(ending?: Ending): void };
}

export class PassedOn<T> implements AsyncDisposable {
  readonly #options: PassedOnOptions<T>;
  #watchers = 0;
  #stop: AbortController | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: PassedOnOptions<T>) {
    this.#options = options;
  }

  /** Gives pictures until all callers have disposed of what this returns. */
  watch(): Disposable {
    if (this.#watchers++ === 0) {
      const { signal } = this.#stop = new AbortController();
      this.#running = this.#running.then(() => this.#run(signal));
    }
    let over = false;
    return {
      [Symbol.dispose]: () => {
        if (!over && --this.#watchers === 0) this.#stop?.abort();
        over = true;
      },
    };
  }

  /** Ends the pictures. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop?.abort();
    this.#options.output.end("removed");
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { output } = this.#options;
    let step: Step<T> = { source: this.#source(signal) };
    while (!signal.aborted && !step.ending) {
      step = step.source ? await this.#pass(step.source, signal) : await this.#encode(signal);
    }
    step.source?.reader[Symbol.dispose]();
    output.clear(); // the next viewer must not see an old picture
    if (step.ending) output.end(step.ending);
  }

  /** Passes on what the source sends, as long as it does. */
  async #pass({ pictures, reader: given }: Source<T>, signal: AbortSignal): Promise<Step<T>> {
    const { passed, output } = this.#options;
    using reader = given;
    while (!signal.aborted) {
      await reader.next(ASK_MS);
      if (passed() !== pictures) break;
      if (reader.missed() > 0) {
        const taken = await reader.take();
        if (taken) output.put(taken.value);
      } else if (pictures.ending) return { ending: pictures.ending };
    }
    return {};
  }

  /** Encodes until the source has sent a picture with which to go on. */
  async #encode(signal: AbortSignal): Promise<Step<T>> {
    const { encode, output } = this.#options;
    using encoded = encode();
    using reader = encoded?.pictures.reader({ signal });
    let source: Source<T> | undefined;
    while (!signal.aborted) {
      await (reader ? reader.next(ASK_MS) : pause(ASK_MS, signal));
      source ??= this.#source(signal);
      if (source && source.reader.missed() > 0) break;
      if (reader && reader.missed() > 0) {
        const taken = await reader.take();
        if (taken) output.put(taken.value);
      } else if (encoded?.pictures.ending) return { ending: encoded.pictures.ending };
    }
    return { source };
  }

  #source(signal: AbortSignal): Source<T> | undefined {
    const pictures = this.#options.passed();
    return pictures && { pictures, reader: pictures.reader({ signal }) };
  }
}

/** What the source sends, and the reader of it. */
interface Source<T> {
  readonly pictures: Pictures<T>;
  readonly reader: LatestReader<T>;
}

/** How it goes on: with what the source sends, or by encoding, or not at all. */
interface Step<T> {
  readonly source?: Source<T> | undefined;
  readonly ending?: Ending;
}
