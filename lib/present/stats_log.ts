/** The figures of a stream as JSON lines: one a second, and a last one for the whole run. */

import { pause } from "../async/aborted.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import type { FrameFormat } from "../frame/frame_format.ts";
import { Failure } from "../log/failure.ts";
import type { StreamFigures, StreamStats } from "../stats/stream_stats.ts";
import type { Sink, Stream } from "../stream/stream.ts";
import { OutputFile, quotedName, reasonOf } from "./output_file.ts";

/** The time between two lines. */
const INTERVAL_MS = 1000;

/** What a line has besides the counts. */
export interface StreamState {
  readonly wire: string;
  readonly format: FrameFormat;
  /** How far the server's clock is ahead of ours, in milliseconds. */
  readonly offset: { readonly offset: number; readonly uncertainty: number } | undefined;
  /** How long the last frame was in the filters, in milliseconds; `undefined` where there are none. */
  readonly filterMs?: number | undefined;
}

/** Where the figures come from. */
export interface FiguresSource {
  readonly stats: StreamStats;
  readonly state: () => StreamState;
}

/** Writes the lines. `run` opens and closes the file. */
export class StatsLog implements Sink {
  readonly name: string;
  readonly #source: FiguresSource;
  readonly #intervalMs: number;

  /** For the file `name`; `-` is stdout. */
  constructor(name: string, source: FiguresSource, { intervalMs = INTERVAL_MS } = {}) {
    this.name = name;
    this.#source = source;
    this.#intervalMs = intervalMs;
  }

  /**
   * Creates or empties the file, then writes a line a second until the frames end or on abort, and then the
   * last line. Returns early when the reader has closed the pipe. Throws a `Failure` where writing fails.
   */
  async run(stream: Pick<Stream, "frames">, { signal }: { signal: AbortSignal }): Promise<void> {
    const { stats, state } = this.#source;
    using over = new LinkedAbortController(signal);
    stream.frames.ended.then(() => over.abort());
    using file = await OutputFile.open(this.name);
    await file.clear();
    for (;;) {
      await pause(this.#intervalMs, over.signal);
      if (over.signal.aborted) break;
      if (!await this.#write(file, formatFigures(stats.since(), state()))) return;
    }
    await this.#write(file, formatFigures(stats.total(), state()));
  }

  /** Returns false when the reader has closed the pipe. */
  async #write(file: OutputFile, line: string): Promise<boolean> {
    try {
      await file.write(new TextEncoder().encode(line));
      return true;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return false;
      throw new Failure(
        `Cannot write to ${quotedName(this.name)}: ${reasonOf(thrown)}`,
        "free some space; the lines before this one are complete",
        { cause: thrown },
      );
    }
  }
}

/** A line, `\n` included; times in milliseconds, `seconds` what it covers. */
export function formatFigures(
  figures: StreamFigures,
  { wire, format, offset, filterMs }: StreamState,
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
    width: format.width,
    height: format.height,
    pixels: format.pixels,
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
