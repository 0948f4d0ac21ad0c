/**
 * One recording of a stream: it begins with the next frame, and runs until it is stopped, the stream ends, or a limit
 * is reached. The stream does not wait for it, unless it is lossless. It owns the film.
 */

import { abortedOr } from "../../async/aborted.ts";
import { wallClock } from "../../frame/clock.ts";
import type { Frame } from "../../frame/frame.ts";
import { messageOf } from "../../log/failure.ts";
import { formatDuration } from "../../log/format_duration.ts";
import type { PublishedStream } from "../published_stream.ts";
import type { Archive, NewFilm } from "./film.ts";

/** What a recording needs of a published stream. */
export type Recorded = Pick<PublishedStream, "stream" | "frames" | "unpublished">;

/** Why a recording ends with its stream, which is no fault. */
export const STREAM_ENDED = "the stream has ended";

export class Recording {
  readonly since = new Date(wallClock());
  readonly #name: string;
  readonly #archive: Archive;
  readonly #over = Promise.withResolvers<void>();
  #new: NewFilm | undefined;
  /** Null if a person has stopped it, undefined while it runs. */
  #why: string | null | undefined;

  /** A recording of the stream `name`. */
  constructor(name: string, archive: Archive) {
    this.#name = name;
    this.#archive = archive;
  }

  /** Why it has ended by itself, or has no film; null if there is nothing to say. */
  get why(): string | null {
    return this.#why ?? null;
  }

  /** Ends it, as a person wants it. */
  stop(): void {
    this.#end(null);
  }

  /** Records until it is stopped or ends by itself, or on abort. The film is then in the archive. Never rejects. */
  async run(recorded: Recorded, { signal }: { signal: AbortSignal }): Promise<void> {
    const { stream, frames, unpublished } = recorded;
    const { maxSeconds } = this.#archive;
    const tooLong = () => this.#end(`it has lasted ${formatDuration(maxSeconds)}`);
    const timer = setTimeout(tooLong, maxSeconds * 1000);
    const tap = stream.tap((frame) => this.#write(frame, recorded));
    await abortedOr(Promise.race([this.#over.promise, frames.ended, unpublished]), signal);
    this.#end(STREAM_ENDED);
    tap[Symbol.dispose]();
    clearTimeout(timer);
    if (this.#new) await this.#close(this.#new, signal);
    else this.#why ??= "no picture has arrived";
  }

  /** Ends it for a reason; only the first one counts. */
  #end(why: string | null): void {
    if (this.#why !== undefined) return;
    this.#why = why;
    this.#over.resolve();
  }

  /** Never rejects: the stream calls it. */
  async #write(frame: Frame, { stream, frames }: Recorded): Promise<void> {
    if (this.#why !== undefined) return;
    try {
      this.#new ??= this.#archive.begin(this.#name, stream);
      const { film } = this.#new;
      if (frames.isLossless) await film.write(frame);
      else film.offer(frame);
      const full = this.#new.full();
      if (full !== undefined) this.#end(full);
    } catch (thrown) {
      this.#end(messageOf(thrown));
    }
  }

  async #close({ film, keep }: NewFilm, signal: AbortSignal): Promise<void> {
    const hurry = () => film.hurry();
    signal.addEventListener("abort", hurry, { once: true });
    if (signal.aborted) hurry();
    try {
      await film[Symbol.asyncDispose]();
    } catch (thrown) {
      this.#why ??= messageOf(thrown);
    } finally {
      signal.removeEventListener("abort", hurry);
    }
    try {
      keep();
    } catch (thrown) {
      this.#why ??= messageOf(thrown);
    }
  }
}
