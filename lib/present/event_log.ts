/** The events of the filters as JSON lines, in a file or on stdout. It owns the file. */

import { abortedOr } from "../frame/aborted.ts";
import { Failure } from "../frame/failure.ts";
import type { Find } from "../frame/find.ts";
import { OutputFile, reasonOf } from "./output_file.ts";

/** How many lines may wait for a slow disk or reader; more are dropped and counted. */
const MOST_WAITING = 1000;

export class EventLog implements AsyncDisposable {
  /** Lines that a slow disk or reader cost. */
  dropped = 0;
  readonly #file: OutputFile;
  readonly #onlyOnChange: boolean;
  /** How many things a filter last found. */
  readonly #counts = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  readonly #end = Promise.withResolvers<void>();
  #failure: Failure | undefined;
  #told = false;
  #waiting = 0;
  #written: Promise<void> = Promise.resolve();

  private constructor(file: OutputFile, onlyOnChange: boolean) {
    this.#file = file;
    this.#onlyOnChange = onlyOnChange;
  }

  /** Opens `name`; `-` is stdout. Throws a `Failure` where it can't. */
  static async open(name: string, { onlyOnChange }: { onlyOnChange: boolean }): Promise<EventLog> {
    return new EventLog(await OutputFile.open(name), onlyOnChange);
  }

  /**
   * Waits until nothing more can be written, since a reader has closed the pipe, for `until`, or for an
   * abort. Throws a `Failure` where writing failed.
   */
  async run({ until, signal }: { until: Promise<void>; signal: AbortSignal }): Promise<void> {
    await abortedOr(Promise.race([this.#end.promise, until]), signal);
    this.#judge();
  }

  /** Writes an event as one line. Never waits. */
  write(event: Find): void {
    if (this.#waiting === MOST_WAITING) {
      this.dropped++;
      return;
    }
    if (this.#onlyOnChange && !this.#changed(event)) return;
    this.#waiting++;
    const line = this.#encoder.encode(`${JSON.stringify(event)}\n`);
    this.#written = this.#written.then(() => this.#file.write(line)).catch((thrown) => {
      if (!(thrown instanceof Deno.errors.BrokenPipe)) {
        this.#failure ??= new Failure(
          `Cannot write "${this.#file.name}": ${reasonOf(thrown)}`,
          "make room, or name another file with --events",
          { cause: thrown },
        );
      }
      this.#end.resolve();
    }).finally(() => this.#waiting--);
  }

  /** Waits until all lines are written and closes the file. Throws a `Failure` not yet thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
    this.#file[Symbol.dispose]();
    this.#judge();
  }

  /** Throws, once, the failure of a line that could not be written. */
  #judge(): void {
    const failure = this.#failure;
    if (!failure || this.#told) return;
    this.#told = true;
    throw failure;
  }

  /** Whether the filter found another number of things than the last time. */
  #changed(event: Find): boolean {
    const found = ["boxes", "lines", "points"].map((what) => event[what])
      .find((list) => Array.isArray(list)) as unknown[] | undefined;
    const count = found?.length ?? 0;
    const changed = this.#counts.get(event.filter) !== count;
    this.#counts.set(event.filter, count);
    return changed;
  }
}
