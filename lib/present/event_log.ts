/** The detections of the filters as JSON lines, in a file or on stdout. */

import { abortedOr } from "../async/aborted.ts";
import { Failure } from "../log/failure.ts";
import type { Log } from "../log/log.ts";
import { type Detection, foundCount } from "../frame/detection.ts";
import { objectEvent, originOf } from "../frame/object_event.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import { OutputFile, quotedName, reasonOf } from "./output_file.ts";
import { plural } from "../log/plural.ts";

/** How many lines can wait for a slow disk or reader; more are dropped and counted. */
const MAX_WAITING_LINES = 1000;

/** Writes the lines. It owns the file; `run` closes it. */
export class EventLog implements Sink, AsyncDisposable {
  readonly name: string;
  readonly #log: Log;
  /** Opened when the stream begins, or with the first line. */
  #file: Promise<OutputFile> | undefined;
  readonly #onlyOnChange: boolean;
  /** How many things each filter last found. */
  readonly #counts = new Map<string, number>();
  readonly #encoder = new TextEncoder();
  readonly #end = Promise.withResolvers<void>();
  #failure: Failure | undefined;
  #waiting = 0;
  #dropped = 0;
  #written: Promise<void> = Promise.resolve();

  private constructor(
    name: string,
    { onlyOnChange, log }: { onlyOnChange: boolean; log: Log },
  ) {
    this.name = name;
    this.#onlyOnChange = onlyOnChange;
    this.#log = log;
  }

  /** For the file `name`; `-` is stdout. Throws a `Failure` where it can't be written. */
  static async open(
    name: string,
    options: { onlyOnChange: boolean; log: Log },
  ): Promise<EventLog> {
    await OutputFile.check(name);
    return new EventLog(name, options);
  }

  /**
   * Creates or empties the file, so that a stream without detections gives an empty one, then writes the
   * detections until the frames end, the reader closes the pipe, or on abort. Throws a `Failure` where
   * writing fails.
   */
  async run(
    { frames, detections }: Pick<Stream, "frames" | "detections">,
    { signal }: { signal: AbortSignal },
  ): Promise<void> {
    using _detections = detections.listen((detection) => this.write(detection));
    void this.#do((file) => file.clear());
    await abortedOr(Promise.race([this.#end.promise, frames.ended]), signal);
    await this[Symbol.asyncDispose]();
  }

  /** Lines that were dropped because the disk or the reader was too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes a detection as one line. Resolves when it is written; not needed to wait for. */
  async write(detection: Detection): Promise<void> {
    if (this.#waiting === MAX_WAITING_LINES) {
      this.#dropped++;
      return;
    }
    if (this.#onlyOnChange && !this.#changed(detection)) return;
    this.#waiting++;
    const line = this.#encoder.encode(`${JSON.stringify(detection)}\n`);
    await this.#do((file) => file.write(line));
    this.#waiting--;
  }

  /** Waits until all lines are written and closes the file. Throws a `Failure` not yet thrown. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#written;
    (await this.#file?.catch(() => undefined))?.[Symbol.dispose]();
    this.#file = undefined;
    if (this.#dropped > 0) {
      const lines = plural(this.#dropped, "line");
      this.#log.warn(`${quotedName(this.name)} was too slow: ${lines} of events dropped`);
      this.#dropped = 0;
    }
    this.#throwFailure();
  }

  /** Does something with the file once all before it is done; keeps its failure for later. Never throws. */
  #do(action: (file: OutputFile) => Promise<void>): Promise<void> {
    this.#file ??= OutputFile.open(this.name);
    const file = this.#file;
    this.#written = this.#written.then(async () => await action(await file)).catch((thrown) => {
      if (!(thrown instanceof Deno.errors.BrokenPipe)) {
        this.#failure ??= thrown instanceof Failure ? thrown : new Failure(
          `Cannot write ${quotedName(this.name)}: ${reasonOf(thrown)}`,
          "free some space, or name another file with --events",
          { cause: thrown },
        );
      }
      this.#end.resolve();
    });
    return this.#written;
  }

  /** Throws, once, the failure of a line that could not be written. */
  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure;
  }

  /** Whether the filter's number of detections differs from the last time, or an object entered or left. */
  #changed(detection: Detection): boolean {
    if (objectEvent(detection)) return true;
    const [count, origin] = [foundCount(detection), originOf(detection)];
    const changed = this.#counts.get(origin) !== count;
    this.#counts.set(origin, count);
    return changed;
  }
}
