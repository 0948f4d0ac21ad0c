/** Films without ffmpeg: what they get, and what an archive makes of them. */

import type { Film, OpenFilm } from "../../../lib/serve/web/film.ts";
import type { Frame } from "../../../lib/frame/frame.ts";

/** A film that keeps the numbers of its frames, and gives `bytesPerFrame` bytes for each. */
export class MemoryFilm implements Film {
  readonly sequences: number[] = [];
  isClosed = false;
  isHurried = false;
  /** How the next call fails, and how the end does. */
  failure: Error | undefined;
  endFailure: Error | undefined;
  readonly #request: Parameters<OpenFilm>[0];
  readonly #bytesPerFrame: number;

  constructor(request: Parameters<OpenFilm>[0], { bytesPerFrame = 10 } = {}) {
    this.#request = request;
    this.#bytesPerFrame = bytesPerFrame;
  }

  get name(): string {
    return this.#request.name;
  }

  get progress() {
    const frames = this.sequences.length;
    return { seconds: frames / 30, bytes: frames * this.#bytesPerFrame, frames };
  }

  offer({ sequence }: Frame): boolean {
    if (this.failure) throw this.failure;
    this.sequences.push(sequence);
    this.#request.take?.(new Uint8Array(this.#bytesPerFrame).fill(sequence));
    return true;
  }

  write(frame: Frame): Promise<boolean> {
    return Promise.resolve(this.offer(frame));
  }

  hurry(): void {
    this.isHurried = true;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    return this.endFailure ? Promise.reject(this.endFailure) : Promise.resolve();
  }
}

/** Opens such films, and keeps them. */
export function memoryFilms(options: { bytesPerFrame?: number } = {}) {
  const films: MemoryFilm[] = [];
  const open: OpenFilm = (request) => {
    const film = new MemoryFilm(request, options);
    films.push(film);
    return film;
  };
  return { films, open };
}
