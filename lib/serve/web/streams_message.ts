/** What a live page is told of the streams: once a second, and at once when something has changed. */

import type { PublishedStream } from "../published_stream.ts";
import type { ShownStreams } from "./shown_streams.ts";
import { stateOfShown } from "./state.ts";

/** How often the page is told, in milliseconds. */
const INTERVAL_MS = 1000;

/** What the message uses of the streams. */
export type ListedStreams = Pick<
  ShownStreams,
  "get" | "names" | "isSeveral" | "endingOf" | "recordingOf"
>;

export class StreamsMessage {
  readonly #streams: ListedStreams;
  readonly #numberOf: (name: string, published: PublishedStream) => number;
  #lastAt = -Infinity;
  #lastFacts = "";

  constructor(
    streams: ListedStreams,
    numberOf: (name: string, published: PublishedStream) => number,
  ) {
    this.#streams = streams;
    this.#numberOf = numberOf;
  }

  /** The message, if it is due; undefined if not. */
  due(now: number): Readonly<Record<string, unknown>> | undefined {
    const facts = JSON.stringify(this.#streams.names.map((name) => this.#factsOf(name)));
    if (facts === this.#lastFacts && now - this.#lastAt < INTERVAL_MS) return undefined;
    this.#lastFacts = facts;
    this.#lastAt = now;
    const { isSeveral: several, names } = this.#streams;
    const streams = names.map((name) => {
      const shown = this.#streams.get(name);
      if (shown) return { ...this.#factsOf(name), state: stateOfShown(shown) };
      // Its films can be fetched after its end.
      const recording = this.#streams.recordingOf(name);
      return { ...this.#factsOf(name), state: null, ...(recording && { recording }) };
    });
    return { type: "streams", several, streams };
  }

  /** What the page must know at once: which streams there are, what it can get of them, and whether they are lost, closed or have ended. */
  #factsOf(name: string) {
    const published = this.#streams.get(name)?.published;
    if (!published) {
      const ended = this.#streams.endingOf(name);
      return { name, wires: [], ...(ended && { ended }) };
    }
    const wires = published.rungs.length > 0 ? ["jpeg", "h264"] : ["jpeg"];
    const lost = published.stream.outage()?.why;
    const closed = published.stream.closure?.() !== undefined;
    const number = this.#numberOf(name, published);
    return { name, number, wires, ...(lost && { lost }), ...(closed && { closed }) };
  }
}
