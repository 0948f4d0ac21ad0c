/**
 * Searches one picture with several Workers. The windows are divided into slices by size and position, and
 * each Worker takes the next slice until none is left. The caller that opens a `SearchTeam` disposes of it,
 * which ends the Workers.
 */

import type { Box } from "../frame/detection.ts";
import { divide } from "./haar/haar_scales.ts";
import type { PreparedHaar } from "./haar/prepare_haar.ts";
import {
  CURRENT_SEARCH,
  NEXT_SLICE,
  PIXELS_OFFSET_BYTES,
  type SearchReply,
  type SearchRequest,
  type SliceHits,
} from "./search_messages.ts";

const SEARCH_TIMEOUT_MS = 10_000;

/** Several slices per Worker, because the cost of a slice is an estimate, and cores differ in speed. */
const SLICES_PER_WORKER = 5;

export interface TeamOptions {
  readonly haar: PreparedHaar;
  readonly workers: number;
  /** How long a search can take before it fails; 10,000 by default. */
  readonly timeoutMs?: number;
}

/** Searches pictures, one at a time. */
export interface PictureSearch extends Disposable {
  /** All windows that pass; `undefined` if the search was abandoned. One call at a time. */
  search(pixels: Uint8Array): Promise<Box[] | undefined>;
  /** Ends the search under way as soon as possible. */
  abandon(): Promise<void>;
}

export class SearchTeam implements PictureSearch {
  readonly #workers: Worker[];
  readonly #shared: Int32Array;
  readonly #pixels: Uint8Array;
  /** The pending answer of each Worker. */
  readonly #asked: PromiseWithResolvers<readonly SliceHits[]>[] = [];
  /** Fulfilled when the Workers have started; rejected if they cannot start. */
  readonly ready: Promise<void>;
  readonly #timeoutMs: number;
  #failure: Error | undefined;
  #number = 0;
  #pending: Promise<unknown> = Promise.resolve();

  constructor({ haar, workers, timeoutMs = SEARCH_TIMEOUT_MS }: TeamOptions) {
    this.#timeoutMs = timeoutMs;
    const shared = new SharedArrayBuffer(
      PIXELS_OFFSET_BYTES + haar.picture.width * haar.picture.height,
    );
    this.#shared = new Int32Array(shared, 0, 2);
    this.#pixels = new Uint8Array(shared, PIXELS_OFFSET_BYTES);
    const slices = divide(haar.scales, workers === 1 ? 1 : workers * SLICES_PER_WORKER);
    this.#workers = Array.from({ length: workers }, (_, index) => this.#start(index));
    const opened = this.#askAll({ kind: "open", haar, slices, shared });
    this.ready = opened.then(() => {});
    this.ready.catch(() => {}); // `search` throws it too
  }

  async search(pixels: Uint8Array): Promise<Box[] | undefined> {
    const number = ++this.#number;
    Atomics.store(this.#shared, CURRENT_SEARCH, number);
    Atomics.store(this.#shared, NEXT_SLICE, 0);
    this.#pixels.set(pixels);
    const search = this.ready.then(() => this.#askAll({ kind: "search", number }));
    this.#pending = search.catch(() => {}); // thrown below
    const slices = (await search).flat();
    if (Atomics.load(this.#shared, CURRENT_SEARCH) !== number) return undefined;
    // In the order of an undivided search: by size, then row, then column.
    return slices.sort((a, b) => a.slice - b.slice).flatMap(({ hits }) => hits);
  }

  async abandon(): Promise<void> {
    Atomics.store(this.#shared, CURRENT_SEARCH, ++this.#number);
    await this.#pending;
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
      this.#fail(new Error(`a search failed because its Worker ended: ${event.message}`));
    };
    return worker;
  }

  /** Sends a request to all Workers and waits for all answers. */
  async #askAll(request: SearchRequest): Promise<(readonly SliceHits[])[]> {
    if (this.#failure) throw this.#failure;
    const answers = this.#workers.map((worker, index) => {
      const asked = this.#asked[index] = Promise.withResolvers<readonly SliceHits[]>();
      worker.postMessage(request);
      return asked.promise;
    });
    const late = setTimeout(() => {
      const seconds = this.#timeoutMs / 1000;
      this.#fail(new Error(`a search did not answer within ${seconds} s`));
    }, this.#timeoutMs);
    try {
      return await Promise.all(answers);
    } finally {
      clearTimeout(late);
      for (const answer of answers) answer.catch(() => {}); // one failure is enough
    }
  }

  /** Ends all Workers: a part of a search is useless. */
  #fail(failure: Error): void {
    if (this.#failure) return;
    this.#failure = failure;
    for (const worker of this.#workers) worker.terminate();
    for (const { reject } of this.#asked) reject(failure);
  }
}
