/** The figures of a stream as JSON lines: one a second, and a last one for the whole run. */

import { abortedOr } from "../async/aborted.ts";
import type { FrameSize } from "../frame/frame_size.ts";
import { Failure } from "../log/failure.ts";
import type { StreamFigures, StreamStats } from "../stats/stream_stats.ts";
import { OutputFile, reasonOf } from "./output_file.ts";

/** How often a line is written, in milliseconds. */
const INTERVAL = 1000;

/** What stands in a line besides the counts. */
export interface StreamState {
  readonly wire: string;
  readonly size: FrameSize;
  /** How far the server's clock is ahead of ours, in milliseconds. */
  readonly offset: { readonly offset: number; readonly uncertainty: number } | undefined;
  /** How long the last frame was in the filters, in milliseconds; `undefined` where there are none. */
  readonly filterMs?: number | undefined;
}

/** Where the lines go. It owns the file. */
export class StatsLog implements Disposable {
  readonly #name: string;
  #file: OutputFile | undefined;

  private constructor(name: string) {
    this.#name = name;
  }

  /** For the file `name`; `-` is stdout. Throws a `Failure` where it can't be written. */
  static async open(name: string): Promise<StatsLog> {
    await OutputFile.check(name);
    return new StatsLog(name);
  }

  /**
   * Makes or empties the file, then writes a line a second until `until` is fulfilled or on abort, then the
   * last one. Returns early where nobody reads them any more.
   */
  async run(
    stats: StreamStats,
    state: () => StreamState,
    { until, signal }: { until: Promise<void>; signal: AbortSignal },
  ): Promise<void> {
    this.#file = await OutputFile.open(this.#name);
    await this.#file.clear();
    let over = false;
    const end = abortedOr(until, signal).then(() => over = true);
    for (;;) {
      let timer: number | undefined;
      const second = new Promise<void>((resolve) => timer = setTimeout(resolve, INTERVAL));
      await Promise.race([second, end]);
      clearTimeout(timer);
      if (over) break;
      if (!await this.#write(formatFigures(stats.since(), state()))) return;
    }
    await this.#write(formatFigures(stats.total(), state()));
  }

  /** Returns whether somebody reads it. */
  async #write(line: string): Promise<boolean> {
    try {
      await this.#file?.write(new TextEncoder().encode(line));
      return true;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return false;
      throw new Failure(
        `Cannot write to "${this.#name}": ${reasonOf(thrown)}`,
        "the lines before this one are whole",
        { cause: thrown },
      );
    }
  }

  [Symbol.dispose](): void {
    this.#file?.[Symbol.dispose]();
  }
}

/** A line, `\n` included; times in milliseconds, `seconds` what it covers. */
export function formatFigures(
  figures: StreamFigures,
  { wire, size, offset, filterMs }: StreamState,
): string {
  const { seconds, frames, fps, skipped, placeholders, bytes, age } = figures;
  const line = {
    seconds: round(seconds),
    frames,
    fps: round(fps),
    skipped,
    placeholders,
    bytes,
    wire,
    width: size.width,
    height: size.height,
    age: age
      ? { p50: round(age.p50), p95: round(age.p95), p99: round(age.p99), max: round(age.max) }
      : null,
    clock: offset ? { offset: round(offset.offset), uncertainty: round(offset.uncertainty) } : null,
    filter: filterMs === undefined ? null : round(filterMs),
  };
  return JSON.stringify(line) + "\n";
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
