/** The streams that a server has, by name. */

import type { Ending } from "../frame/latest.ts";
import { nearest } from "../log/nearest.ts";
import type { ListedStream } from "../wire/listing.ts";
import type { PublishedStream } from "./published_stream.ts";
import type { AccessRefusal } from "./refusal.ts";

export class PublishedStreams {
  /** In the order of the configured names, then in the order in which they were published. */
  #streams = new Map<string, PublishedStream>();
  /** Set by `order`: these names are known while their streams are absent, too. */
  #configured: readonly string[] = [];
  /** Why the last stream of each name has ended, for those that are gone. */
  readonly #endings = new Map<string, Ending>();
  /** While streams are replaced, by `hold`. */
  #held: Promise<void> | undefined;

  /** Adds a stream until what is returned is disposed of. */
  add(name: string, published: PublishedStream): Disposable {
    if (this.#streams.has(name)) throw new Error(`a stream is published as "${name}" already`);
    this.#streams.set(name, published);
    this.#endings.delete(name);
    this.#sort();
    return {
      [Symbol.dispose]: () => {
        this.#streams.delete(name);
        if (published.ending) this.#endings.set(name, published.ending);
      },
    };
  }

  /**
   * Sets the configured names: the streams are in their order, those without one come last. The first name is that of
   * clients that name no stream, whether its stream is published at the moment or not.
   */
  order(names: readonly string[]): void {
    this.#configured = names;
    this.#sort();
  }

  /** The names that are configured or published. */
  get names(): readonly string[] {
    return [...new Set([...this.#configured, ...this.#streams.keys()])];
  }

  /** Whether there are several names: it does not change while a stream is absent. */
  get isSeveral(): boolean {
    return this.names.length > 1;
  }

  /** Why the stream of a name has ended, whether it is still published or not; undefined if it has not, or comes yet. */
  endingOf(name: string): Ending | undefined {
    return this.#streams.get(name)?.ending ?? this.#endings.get(name);
  }

  /** Until what is returned is disposed of, `ended` waits for streams to come, even if there is none. */
  hold(): Disposable {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#held = promise;
    return {
      [Symbol.dispose]: () => {
        this.#held = undefined;
        resolve();
      },
    };
  }

  get size(): number {
    return this.#streams.size;
  }

  [Symbol.iterator](): IterableIterator<[name: string, published: PublishedStream]> {
    return this.#streams.entries();
  }

  /** The stream of a name, that of the first name without; or why there is none. */
  select(name: string | undefined = this.names[0]): PublishedStream | AccessRefusal {
    if (name === undefined) return noStream("no stream is published");
    const found = this.#streams.get(name);
    if (found) return found;
    if (this.#configured.includes(name)) {
      return noStream(`the stream "${name}" is not available now; try again later`);
    }
    const closest = nearest(name, this.names);
    return noStream(`there is no stream "${name}"${closest ? `; did you mean "${closest}"?` : ""}`);
  }

  /** For a client that asks which ones there are. */
  list(): ListedStream[] {
    return [...this.#streams].map(([name, { stream }]) => {
      const { format, fps } = stream;
      const closure = stream.closure?.();
      return { name, format, fps, outage: stream.outage(), ...(closure && { closure }) };
    });
  }

  #sort(): void {
    const names = this.#configured;
    const place = (name: string) => names.includes(name) ? names.indexOf(name) : names.length;
    this.#streams = new Map([...this.#streams].sort(([a], [b]) => place(a) - place(b)));
  }

  /** Waits until the frames of all have ended, those included that are published meanwhile. */
  async ended(): Promise<void> {
    for (const seen = new Set<PublishedStream>();;) {
      const waiting = [...this.#streams.values()].filter((published) => !seen.has(published));
      if (waiting.length === 0 && !this.#held) return;
      if (waiting.length === 0) await this.#held;
      for (const published of waiting) {
        seen.add(published);
        await published.frames.ended;
      }
    }
  }
}

function noStream(message: string): AccessRefusal {
  return { kind: "no such stream", error: "stream", message };
}
