/** The events of the filters as JSON lines, in a file or on stdout. It owns the file. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import { OutputFile, reasonOf } from "./output_file.ts";

/** How many lines may wait for a slow disk or reader; more are dropped and counted. */
const MOST_WAITING = 1000;

export class EventLog implements AsyncDisposable {
  /** Lines that a slow disk or reader cost. */
  dropped = 0;
  readonly #name: string;
  /** Opened when the stream begins, or with the first line. */
  #file: Promise<OutputFile> | undefined;
  readonly #onlyOnChange: boolean;
  /** How many things a filter last found. */
  readonly #counts = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  readonly #end = Promise.withResolvers<void>();
  #failure: Failure | undefined;
  #told = false;
  #waiting = 0;
  #written: Promise<void> = Promise.resolve();

  private constructor(name: string, onlyOnChange: boolean) {
    this.#name = name;
    this.#onlyOnChange = onlyOnChange;
  }

  /** For the file `name`; `-` is stdout. Throws a `Failure` where it can't be written. */
  static async open(name: string, { onlyOnChange }: { onlyOnChange: boolean }): Promise<EventLog> {
    await OutputFile.check(name);
    return new EventLog(name, onlyOnChange);
  }

  /**
   * Makes or empties the file, so that a stream in which nothing is found gives an empty one. Waits until
   * nothing more can be written, since a reader has closed the pipe, for `until`, or for an abort. Throws
   * a `Failure` where writing failed.
   */
  async run({ until, signal }: { until: Promise<void>; signal: AbortSignal }): Promise<void> {
    this.#do((file) => file.clear());
    await abortedOr(Promise.race([this.#end.promise, until]), signal);
    this.#judge();
  }

  /** Writes an event as one line. Never waits. */
  write(event: Detection): void {
    if (this.#waiting === MOST_WAITING) {
      this.dropped++;
      return;
    }
    if (this.#onlyOnChange && !this.#changed(event)) return;
    this.#waiting++;
    const line = this.#encoder.encode(`${JSON.stringify(event)}\n`);
    this.#do((file) => file.write(line).finally(() => this.#waiting--));
  }

  /** Waits until all lines are written and closes the file. Throws a `Failure` not yet thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
    (await this.#file?.catch(() => undefined))?.[Symbol.dispose]();
    this.#judge();
  }

  /** Does something with the file once all before it is done; keeps its failure for later. */
  #do(action: (file: OutputFile) => Promise<void>): void {
    this.#file ??= OutputFile.open(this.#name);
    const file = this.#file;
    this.#written = this.#written.then(async () => await action(await file)).catch((thrown) => {
      if (!(thrown instanceof Deno.errors.BrokenPipe)) {
        this.#failure ??= thrown instanceof Failure ? thrown : new Failure(
          `Cannot write "${this.#name}": ${reasonOf(thrown)}`,
          "make room, or name another file with --events",
          { cause: thrown },
        );
      }
      this.#end.resolve();
    });
  }

  /** Throws, once, the failure of a line that could not be written. */
  #judge(): void {
    const failure = this.#failure;
    if (!failure || this.#told) return;
    this.#told = true;
    throw failure;
  }

  /** Whether the filter found another number of things than the last time. */
  #changed(event: Detection): boolean {
    const count = foundCount(event);
    const changed = this.#counts.get(event.filter) !== count;
    this.#counts.set(event.filter, count);
    return changed;
  }
}
