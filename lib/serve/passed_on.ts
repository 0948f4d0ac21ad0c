/**
 * The pictures of one kind that viewers get: those that the source sends, as they are, and encoded ones while it sends
 * none (it is lost, say). The encoder runs only then. It runs only while somebody watches.
 */

import { pause } from "../async/aborted.ts";
import type { Ending, LatestReader } from "../frame/latest.ts";
import type { Log } from "../log/log.ts";
import { type PictureOutput, type Round, WatchedLoop } from "./watched_loop.ts";

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
  readonly output: { put(picture: T): void } & PictureOutput;
  /** Why the stream has ended; undefined while it has not. */
  readonly ending: () => Ending | undefined;
  /** For messages, such as "JPEG". */
  readonly kind: string;
  readonly log: Log;
}

export class PassedOn<T> extends WatchedLoop {
  readonly #options: PassedOnOptions<T>;
  /** Why the pictures have ended, whatever made them. */
  #ending: Ending | undefined;

  constructor(options: PassedOnOptions<T>) {
    const { output, kind, log } = options;
    super({ output, what: `passing on the ${kind} of the source`, log });
    this.#options = options;
  }

  protected override begin(signal: AbortSignal): Round {
    return { run: () => this.#run(signal), [Symbol.dispose]: () => {} };
  }

  protected override get ending(): Ending | undefined {
    return this.#ending ?? this.#options.ending();
  }

  async #run(signal: AbortSignal): Promise<void> {
    let step: Step<T> = { source: this.#source(signal) };
    while (!signal.aborted && !step.ending) {
      step = step.source ? await this.#pass(step.source, signal) : await this.#encode(signal);
    }
    step.source?.reader[Symbol.dispose]();
    this.#ending = step.ending;
  }

  /** Passes on what the source sends, as long as it does. */
  async #pass({ pictures, reader: given }: Source<T>, signal: AbortSignal): Promise<Step<T>> {
    const { passed, output } = this.#options;
    using reader = given;
    while (!signal.aborted) {
      await reader.next(ASK_MS);
      if (passed() !== pictures) break;
      // One that was cleared is not there to be taken.
      const taken = reader.missed() > 0 ? await reader.take() : undefined;
      if (taken) output.put(taken.value);
      else if (pictures.ending) return { ending: pictures.ending };
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
      const taken = reader && reader.missed() > 0 ? await reader.take() : undefined;
      if (taken) output.put(taken.value);
      else if (encoded?.pictures.ending) return { ending: encoded.pictures.ending };
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
