/** Keeps films in memory: a few of each stream, and not more than a limit in total. They are gone when the server ends. */

import { wallClock } from "../../frame/clock.ts";
import { formatBytes } from "../../log/format_bytes.ts";
import { filmName, roundSeconds } from "./film_name.ts";
import type { Archive, FilmFile, FilmSource, NewFilm, OpenFilm } from "./film.ts";

/** The limits, in bytes, seconds and films. */
export interface MemoryLimits {
  readonly filmBytes: number;
  readonly totalBytes: number;
  readonly seconds: number;
  readonly films: number;
}

/** 64 MB are 10 minutes of 640x480 at 30 fps with some noise. */
const LIMITS: MemoryLimits = { filmBytes: 64e6, totalBytes: 256e6, seconds: 600, films: 3 };

/** A film in memory. */
interface Kept {
  readonly stream: string;
  readonly file: FilmFile;
  /** Empty when the film is removed. */
  chunks: Uint8Array[];
}

export class FilmMemory implements Archive {
  readonly maxSeconds: number;
  readonly #open: OpenFilm;
  readonly #limits: MemoryLimits;
  /** The oldest first. */
  #kept: Kept[] = [];
  /** Of all films, those included that are being written. */
  #bytes = 0;

  constructor(open: OpenFilm, limits: Partial<MemoryLimits> = {}) {
    this.#open = open;
    this.#limits = { ...LIMITS, ...limits };
    this.maxSeconds = this.#limits.seconds;
  }

  begin(stream: string, { format, fps }: FilmSource): NewFilm {
    const { filmBytes, films } = this.#limits;
    const began = new Date(wallClock());
    const taken = new Set(this.files(stream).map(({ name }) => name));
    const name = filmName(stream, began, (name) => taken.has(name));
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let hasRoom = true;
    const take = (chunk: Uint8Array) => {
      chunks.push(chunk);
      bytes += chunk.length;
      this.#bytes += chunk.length;
      hasRoom = this.#makeRoom();
    };
    const film = this.#open({ name, take, format, fps });
    return {
      film,
      full: () => {
        if (!hasRoom) return "the memory for recordings is full";
        return bytes < filmBytes ? undefined : `it has reached ${formatBytes(filmBytes)}`;
      },
      keep: () => {
        if (bytes === 0) return;
        const seconds = roundSeconds(film.progress.seconds);
        const file = { name, bytes, seconds, began: began.toISOString() };
        this.#kept.push({ stream, file, chunks });
        const own = this.#kept.filter((kept) => kept.stream === stream);
        for (const old of own.slice(0, Math.max(0, own.length - films))) this.#remove(old);
      },
    };
  }

  files(stream: string): FilmFile[] {
    return this.#kept.filter((kept) => kept.stream === stream).map(({ file }) => file).reverse();
  }

  read(
    stream: string,
    name: string,
    range: { from: number; to: number },
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const kept = this.#kept.find(({ stream: of, file }) => of === stream && file.name === name);
    return Promise.resolve(kept && ReadableStream.from(bytesOf(kept, range)));
  }

  /** Removes the oldest films while there are too many bytes; false if that is not enough. */
  #makeRoom(): boolean {
    for (let oldest; this.#bytes > this.#limits.totalBytes && (oldest = this.#kept[0]);) {
      this.#remove(oldest);
    }
    return this.#bytes <= this.#limits.totalBytes;
  }

  #remove(film: Kept): void {
    this.#kept = this.#kept.filter((kept) => kept !== film);
    this.#bytes -= film.file.bytes;
    film.chunks = [];
  }
}

/** A part of a film, a view of each chunk. Throws when the film is removed: whoever reads it must not keep it in memory. */
async function* bytesOf(
  film: Kept,
  { from, to }: { from: number; to: number },
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < to; index++) {
    const chunk = film.chunks[index];
    if (!chunk) throw new Error("the film was removed");
    const part = chunk.subarray(Math.max(0, from - at), to - at);
    at += chunk.length;
    if (part.length > 0) yield await Promise.resolve(part);
  }
}
