/**
 * Several Workers that search one picture together: it is cut into slices by sizes and places, and each
 * Worker does the next one until all are done. Whoever opens a `SearchTeam` disposes of it, which ends the
 * Workers.
 */

import type { Box } from "../frame/detection.ts";
import { divide } from "./haar/haar_scales.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";
import {
  NEXT,
  type SearchReply,
  type SearchRequest,
  SHARED_PIXELS,
  type SliceHits,
  WANTED,
} from "./search_messages.ts";

const LONGEST = 10_000;

/** Slices for each Worker: some are quicker than they were taken to be, and so are some cores. */
const SLICES = 5;

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
  readonly #shared: Int32Array;
  readonly #pixels: Uint8Array;
  /** What each Worker was last asked. */
  readonly #asked: PromiseWithResolvers<readonly SliceHits[]>[] = [];
  /** Fulfilled when the Workers have started; rejected where they can't. */
  readonly ready: Promise<void>;
  readonly #longest: number;
  #failure: Error | undefined;
  #number = 0;
  #under: Promise<unknown> = Promise.resolve();

  constructor({ haar, workers, longest = LONGEST }: TeamOptions) {
    this.#longest = longest;
    const shared = new SharedArrayBuffer(SHARED_PIXELS + haar.picture.width * haar.picture.height);
    this.#shared = new Int32Array(shared, 0, 2);
    this.#pixels = new Uint8Array(shared, SHARED_PIXELS);
    const slices = divide(haar.scales, workers === 1 ? 1 : workers * SLICES);
    this.#workers = Array.from({ length: workers }, (_, index) => this.#start(index));
    const opened = this.#askAll({ kind: "open", haar, slices, shared });
    this.ready = opened.then(() => {});
    this.ready.catch(() => {}); // `search` tells it, too
  }

  async search(pixels: Uint8Array): Promise<Box[] | undefined> {
    const number = ++this.#number;
    Atomics.store(this.#shared, WANTED, number);
    Atomics.store(this.#shared, NEXT, 0);
    this.#pixels.set(pixels);
    const search = this.ready.then(() => this.#askAll({ kind: "search", number }));
    this.#under = search.catch(() => {}); // whoever searches is told
    const slices = (await search).flat();
    if (Atomics.load(this.#shared, WANTED) !== number) return undefined;
    // In the order of one search of the whole: by size, then row, then column.
    return slices.sort((a, b) => a.slice - b.slice).flatMap(({ hits }) => hits);
  }

  async abandon(): Promise<void> {
    Atomics.store(this.#shared, WANTED, ++this.#number);
    await this.#under;
  }

  [Symbol.dispose](): void {
    this.#fail(new Error("the search was closed"));
  }

  #start(index: number): Worker {
    const worker = new Worker(new URL("./search_worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<SearchReply>) => {
      if (data.kind === "fault") this.#fail(new Error(`a search failed: ${data.message}`));
      else this.#asked[index]?.resolve(data.kind === "hits" ? data.slices : []);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new Error(`a search failed, its Worker ended: ${event.message}`));
    };
    return worker;
  }

  /** Asks all Workers and waits for all of them. */
  async #askAll(request: SearchRequest): Promise<(readonly SliceHits[])[]> {
    if (this.#failure) throw this.#failure;
    const answers = this.#workers.map((worker, index) => {
      const asked = this.#asked[index] = Promise.withResolvers<readonly SliceHits[]>();
      worker.postMessage(request);
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
