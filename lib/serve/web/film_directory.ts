/** Keeps films as files of a directory: the newest ones of each stream, those of an earlier run included. */

import { messageOf } from "../../log/failure.ts";
import { formatBytes } from "../../log/format_bytes.ts";
import type { Log } from "../../log/log.ts";
import { wallClock } from "../../frame/clock.ts";
import { beginningOf, byTime, filmName, isFilmOf, roundSeconds } from "./film_name.ts";
import type { Archive, FilmFile, FilmSource, NewFilm, OpenFilm } from "./film.ts";

/** Every file system can hold it. */
const MAX_BYTES = 4e9;

const MAX_SECONDS = 3600;

/** How much of a file is read at a time. */
const CHUNK_BYTES = 64 * 1024;

export interface FilmDirectoryOptions {
  readonly open: OpenFilm;
  /** How many films of each stream are kept. */
  readonly keep: number;
  /** The longest film. */
  readonly maxSeconds?: number;
  readonly maxBytes?: number;
  readonly log: Log;
}

export class FilmDirectory implements Archive {
  readonly maxSeconds: number;
  readonly path: string;
  readonly #options: FilmDirectoryOptions;
  /** By the name of the stream, the oldest first; read from the directory when they are needed first. */
  readonly #files = new Map<string, FilmFile[]>();

  /** `path` must exist. */
  constructor(path: string, options: FilmDirectoryOptions) {
    this.path = path;
    this.#options = options;
    this.maxSeconds = options.maxSeconds ?? MAX_SECONDS;
  }

  begin(stream: string, { format, fps }: FilmSource): NewFilm {
    const { open, keep, maxBytes = MAX_BYTES } = this.#options;
    const files = this.#filesOf(stream);
    const began = new Date(wallClock());
    const name = filmName(stream, began, (name) => this.#stat(name) !== undefined);
    const film = open({ name: this.#pathOf(name), format, fps });
    return {
      film,
      full: () =>
        film.progress.bytes < maxBytes ? undefined : `it has reached ${formatBytes(maxBytes)}`,
      keep: () => {
        const bytes = this.#stat(name)?.size ?? 0;
        if (bytes === 0) return this.#remove(name);
        const seconds = roundSeconds(film.progress.seconds);
        files.push({ name, bytes, seconds, began: began.toISOString() });
        for (const old of files.splice(0, Math.max(0, files.length - keep))) this.#remove(old.name);
      },
    };
  }

  files(stream: string): FilmFile[] {
    return this.#filesOf(stream).toReversed();
  }

  async read(
    stream: string,
    name: string,
    { from, to }: { from: number; to: number },
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const files = this.#filesOf(stream);
    const index = files.findIndex((file) => file.name === name);
    if (index < 0) return undefined;
    try {
      return partOf(await Deno.open(this.#pathOf(name)), { from, to });
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
      files.splice(index, 1); // somebody else has removed it
      return undefined;
    }
  }

  #pathOf(name: string): string {
    return `${this.path}/${name}`;
  }

  #filesOf(stream: string): FilmFile[] {
    const known = this.#files.get(stream);
    if (known) return known;
    const names = this.#names().filter((name) => isFilmOf(stream, name));
    const files = names.sort(byTime).flatMap((name) => this.#describe(name) ?? []);
    this.#files.set(stream, files);
    return files;
  }

  #names(): string[] {
    try {
      return [...Deno.readDirSync(this.path)].flatMap(({ name, isFile }) => isFile ? [name] : []);
    } catch (thrown) {
      // The pages show the rest; a recording reports that it can't be written.
      this.#options.log.warn(`Cannot read ${this.path}: ${messageOf(thrown)}`);
      return [];
    }
  }

  /** A film of an earlier run. */
  #describe(name: string): FilmFile | undefined {
    const info = this.#stat(name);
    if (!info || info.size === 0) return undefined;
    const began = beginningOf(name);
    const milliseconds = (info.mtime?.getTime() ?? 0) - began.getTime();
    return {
      ...{ name, bytes: info.size, began: began.toISOString() },
      seconds: roundSeconds(Math.max(0, milliseconds / 1000)),
    };
  }

  #stat(name: string): Deno.FileInfo | undefined {
    try {
      return Deno.lstatSync(this.#pathOf(name));
    } catch {
      return undefined; // there is no such file
    }
  }

  #remove(name: string): void {
    const { log } = this.#options;
    try {
      Deno.removeSync(this.#pathOf(name));
      log.debug(`removed ${this.#pathOf(name)}`);
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return; // somebody else has removed it
      log.warn(`Cannot remove ${this.#pathOf(name)}: ${messageOf(thrown)}`);
    }
  }
}

/** A part of a file, which it closes at the end, at an error, or when its reader leaves. */
function partOf(
  file: Deno.FsFile,
  { from, to }: { from: number; to: number },
): ReadableStream<Uint8Array> {
  let at = from;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      if (at === from) await file.seek(from, Deno.SeekMode.Start);
      const chunk = new Uint8Array(Math.min(CHUNK_BYTES, to - at));
      const read = at < to ? await file.read(chunk) : 0;
      if (read === null) throw new Error("the file is shorter than it was");
      at += read;
      if (read > 0) controller.enqueue(chunk.subarray(0, read));
      if (at < to) return;
      file.close();
      controller.close();
    } catch (thrown) {
      file.close();
      throw thrown;
    }
  };
  return new ReadableStream({ pull, cancel: () => file.close() }, { highWaterMark: 0 });
}
