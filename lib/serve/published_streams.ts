/** The streams that a server has, by name. */

import { nearest } from "../log/nearest.ts";
import type { ListedStream } from "../wire/listing.ts";
import type { PublishedStream } from "./published_stream.ts";
import type { AccessRefusal } from "./refusal.ts";

export class PublishedStreams {
  /** In the order in which they were published. */
  readonly #streams = new Map<string, PublishedStream>();
  /** While streams are replaced, by `hold`. */
  #held: Promise<void> | undefined;

  /** Adds a stream until what is returned is disposed of. */
  add(name: string, published: PublishedStream): Disposable {
    if (this.#streams.has(name)) throw new Error(`a stream is published as "${name}" already`);
    this.#streams.set(name, published);
    return { [Symbol.dispose]: () => this.#streams.delete(name) };
  }

  /** Puts the streams in the order of the names; those without one come last. */
  order(names: readonly string[]): void {
    const place = (name: string) => names.includes(name) ? names.indexOf(name) : names.length;
    const sorted = [...this.#streams].sort(([a], [b]) => place(a) - place(b));
    this.#streams.clear();
    for (const [name, published] of sorted) this.#streams.set(name, published);
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

  /** The stream of a name, the first one without; or why there is none. */
  select(name?: string): PublishedStream | AccessRefusal {
    if (name === undefined) {
      const [first] = this.#streams.values();
      return first ?? noStream("no stream is published");
    }
    const found = this.#streams.get(name);
    if (found) return found;
    const closest = nearest(name, this.#streams.keys());
    return noStream(`there is no stream "${name}"${closest ? `; did you mean "${closest}"?` : ""}`);
  }

  /** For a client that asks which ones there are. */
  list(): ListedStream[] {
    return [...this.#streams].map(([name, { stream }]) => {
      const { format, fps } = stream;
      return { name, format, fps, outage: stream.outage() };
    });
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
