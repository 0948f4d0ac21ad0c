/** The events of the filters as JSON lines, in a file or on stdout. It owns the file. */

import { Failure, messageOf } from "../frame/failure.ts";

/** How many lines may wait for a slow disk or reader; more are dropped and counted. */
const MOST_WAITING = 1000;

/** An event: which filter found what, in which frame. `boxes` are in pixels of the frame as it arrived. */
export interface Event {
  readonly sequence: number;
  readonly capturedAt: number;
  readonly filter: string;
  readonly [what: string]: unknown;
}

export class EventLog implements AsyncDisposable {
  /** Lines that a slow disk or reader cost. */
  dropped = 0;
  readonly #name: string;
  readonly #file: Deno.FsFile | typeof Deno.stdout;
  readonly #onlyOnChange: boolean;
  readonly #counts = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  readonly #broken = Promise.withResolvers<void>();
  #waiting = 0;
  #written: Promise<void> = Promise.resolve();

  /** Opens `name`, emptied; `-` is stdout. Throws a `Failure` where it can't. */
  constructor(name: string, { onlyOnChange }: { onlyOnChange: boolean }) {
    this.#name = name;
    this.#onlyOnChange = onlyOnChange;
    this.#broken.promise.catch(() => {}); // told through `ended`, to whoever waits for it
    try {
      const options = { write: true, create: true, truncate: true };
      this.#file = name === "-" ? Deno.stdout : Deno.openSync(name, options);
    } catch (thrown) {
      throw new Failure(
        `Cannot write "${name}": ${messageOf(thrown)}`,
        "name a file in a directory that exists and that you may write to",
        { cause: thrown },
      );
    }
  }

  /** Fulfilled when a reader has closed the pipe; rejected with a `Failure` where writing fails. */
  get ended(): Promise<void> {
    return this.#broken.promise;
  }

  /** Writes an event as one line. Never waits. */
  write(event: Event): void {
    if (this.#onlyOnChange && !this.#changed(event)) return;
    if (this.#waiting === MOST_WAITING) {
      this.dropped++;
      return;
    }
    this.#waiting++;
    const line = this.#encoder.encode(`${JSON.stringify(event)}\n`);
    this.#written = this.#written.then(() => this.#writeAll(line)).catch((thrown) => {
      if (thrown instanceof Deno.errors.BrokenPipe) return this.#broken.resolve();
      this.#broken.reject(
        new Failure(`Cannot write "${this.#name}": ${messageOf(thrown)}`, "make room on the disk"),
      );
    }).finally(() => this.#waiting--);
  }

  /** Waits until all lines are written and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
    if (this.#name !== "-") (this.#file as Deno.FsFile).close();
  }

  /** Whether the filter found another number of things than the last time. */
  #changed(event: Event): boolean {
    const found = ["boxes", "lines", "points"].map((what) => event[what])
      .find((list) => Array.isArray(list)) as unknown[] | undefined;
    const count = found?.length ?? 0;
    const changed = this.#counts.get(event.filter) !== count;
    this.#counts.set(event.filter, count);
    return changed;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }
}
