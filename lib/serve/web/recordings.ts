/**
 * The recordings that people start and stop on the pages: at most one of a stream at a time, for all who watch it. It
 * owns those that run.
 */

import type { Log } from "../../log/log.ts";
import type { Archive, FilmFile } from "./film.ts";
import { type Recorded, Recording, STREAM_ENDED } from "./recording.ts";

/** How many films are in the state of a stream, which all pages get once a second. */
const STATE_FILES = 3;

/** What pages get to know of the recordings of a stream. */
export interface RecordingState {
  /** When the recording that runs was started, as an ISO date; null while none runs. */
  readonly since: string | null;
  readonly allowed: true;
  /** Why the last one has ended by itself, or has no film; null if there is nothing to say, or one runs. */
  readonly why: string | null;
  /** The newest first. */
  readonly files: readonly FilmFile[];
}

export class Recordings {
  readonly #archive: Archive;
  readonly #log: Log;
  readonly #running = new Map<string, { recording: Recording; ended: Promise<void> }>();
  /** Why the last recording of each stream has ended by itself. */
  readonly #why = new Map<string, string | null>();

  constructor(archive: Archive, { log }: { log: Log }) {
    this.#archive = archive;
    this.#log = log;
  }

  /** For the state of a stream: with its newest films. */
  state(stream: string): RecordingState {
    const whole = this.list(stream);
    return { ...whole, files: whole.files.slice(0, STATE_FILES) };
  }

  /** The same with all films. */
  list(stream: string): RecordingState {
    const since = this.#running.get(stream)?.recording.since.toISOString() ?? null;
    const why = since === null ? this.#shown(this.#why.get(stream) ?? null) : null;
    return { since, allowed: true, why, files: this.#archive.files(stream) };
  }

  /** Whoever sees the page need not know where on the server the files are. */
  #shown(why: string | null): string | null {
    const { path } = this.#archive;
    return path === undefined ? why : why?.replaceAll(`${path}/`, "") ?? null;
  }

  /** A part of a film; undefined if the stream has no such film. */
  read(...request: Parameters<Archive["read"]>): ReturnType<Archive["read"]> {
    return this.#archive.read(...request);
  }

  /** Starts a recording; false if one of the stream runs. */
  start(stream: string, recorded: Recorded, { signal }: { signal: AbortSignal }): boolean {
    if (this.#running.has(stream)) return false;
    const recording = new Recording(stream, this.#archive);
    const ended = recording.run(recorded, { signal }).finally(() => {
      this.#running.delete(stream);
      this.#why.set(stream, recording.why);
      const { why } = recording;
      if (why === null) return;
      const line = `recording of ${stream}: ${why}`;
      if (why === STREAM_ENDED) this.#log.debug(line);
      else this.#log.warn(line);
    });
    this.#running.set(stream, { recording, ended });
    return true;
  }

  /** Stops the recording of a stream, and waits until its film is whole; false if none runs. */
  async stop(stream: string): Promise<boolean> {
    const running = this.#running.get(stream);
    if (!running) return false;
    running.recording.stop();
    await running.ended;
    return true;
  }

  /** Waits until none runs any more: each ends with its stream or on abort. */
  async over(): Promise<void> {
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }
}
