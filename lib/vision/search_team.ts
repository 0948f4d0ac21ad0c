/**
 * Several Workers that search one picture together, each its part of the sizes and places. Whoever opens
 * a `SearchTeam` disposes of it, which ends the Workers.
 */

import type { Box } from "./filter.ts";
import { divide } from "./haar/haar_scales.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";
import type { SearchReply, SearchRequest } from "./search_worker.ts";

const LONGEST = 10_000;

export interface TeamOptions {
  readonly haar: PreparedHaar;
  readonly workers: number;
  /** How long a search may take before its Workers are given up, in milliseconds. */
  readonly longest?: number;
}

/** What searches pictures, one at a time. */
export interface PictureSearch extends Disposable {
  /** All windows that pass; those of an abandoned search are `undefined`. It must not be busy. */
  search(pixels: Uint8Array): Promise<Box[] | undefined>;
  /** Ends the search under way as soon as can be. */
  abandon(): Promise<void>;
}

export class SearchTeam implements PictureSearch {
  readonly #workers: Worker[];
  readonly #wanted: Int32Array;
  readonly #pixels: Uint8Array;
  /** What each Worker was last asked. */
  readonly #asked: PromiseWithResolvers<readonly Box[]>[] = [];
  /** Fulfilled when the Workers have started; rejected where they can't. */
  readonly ready: Promise<void>;
  readonly #longest: number;
  #failure: Error | undefined;
  #number = 0;
  #under: Promise<unknown> = Promise.resolve();

  constructor({ haar, workers, longest = LONGEST }: TeamOptions) {
    this.#longest = longest;
    const shared = new SharedArrayBuffer(4 + haar.picture.width * haar.picture.height);
    this.#wanted = new Int32Array(shared, 0, 1);
    this.#pixels = new Uint8Array(shared, 4);
    const shares = divide(haar.scales, workers);
    this.#workers = shares.map((_, index) => this.#start(index));
    const opened = this.#askAll((index) => {
      const parts = shares[index] ?? [];
      return { kind: "open", haar, parts, shared };
    });
    this.ready = opened.then(() => {});
    this.ready.catch(() => {}); // `search` tells it, too
  }

  async search(pixels: Uint8Array): Promise<Box[] | undefined> {
    const number = ++this.#number;
    Atomics.store(this.#wanted, 0, number);
    this.#pixels.set(pixels);
    const search = this.ready.then(() => this.#askAll(() => ({ kind: "search", number })));
    this.#under = search.catch(() => {}); // whoever searches is told
    const hits = await search;
    // In the order of one search of the whole: by size, then row, then column.
    return Atomics.load(this.#wanted, 0) === number ? hits.flat() : undefined;
  }

  async abandon(): Promise<void> {
    Atomics.store(this.#wanted, 0, ++this.#number);
    await this.#under;
  }

  [Symbol.dispose](): void {
    this.#fail(new Error("the search was closed"));
  }

  #start(index: number): Worker {
    const worker = new Worker(new URL("./search_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<SearchReply>) => {
      if (data.kind === "fault") this.#fail(new Error(`a search failed: ${data.message}`));
      else this.#asked[index]?.resolve(data.kind === "hits" ? data.hits : []);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`a search failed, its Worker ended: ${event.message}`));
    };
    return worker;
  }

  /** Asks all Workers and waits for all of them. */
  async #askAll(request: (index: number) => SearchRequest): Promise<(readonly Box[])[]> {
    if (this.#failure) throw this.#failure;
    const answers = this.#workers.map((worker, index) => {
      const asked = this.#asked[index] = Promise.withResolvers<readonly Box[]>();
      worker.postMessage(request(index));
      return asked.promise;
    });
    const late = setTimeout(() => {
      const seconds = this.#longest / 1000;
      this.#fail(new Error(`a search has given no answer for ${seconds} s`));
    }, this.#longest);
    try {
      return await Promise.all(answers);
    } finally {
      clearTimeout(late);
      for (const answer of answers) answer.catch(() => {}); // one failure is enough
    }
  }

  /** Ends all Workers: a part of a search is of no use. */
  #fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    for (const worker of this.#workers) worker.terminate();
    for (const { reject } of this.#asked) reject(failure);
  }
}
