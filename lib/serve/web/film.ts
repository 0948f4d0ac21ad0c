/**
 * What recordings need from outside: a film that takes frames, and an archive that keeps films. The program decides
 * how films are encoded: this folder does not know.
 */

import type { Frame } from "../../frame/frame.ts";
import type { FrameFormat } from "../../frame/frame_format.ts";

/** A film that is being written. Disposing of it ends it well; that throws a `Failure` where it fails. */
export interface Film extends AsyncDisposable {
  readonly progress: {
    readonly seconds: number;
    readonly bytes: number;
    readonly frames: number;
  };
  /** Takes a frame if there is room for it. Throws a `Failure` where those before it can't be written. */
  offer(frame: Frame): boolean;
  /** Takes a frame, and waits for room. Throws as `offer` does. */
  write(frame: Frame): Promise<boolean>;
  /** The program is asked to stop: what is stuck is given up soon. */
  hurry(): void;
}

/** What a film shows. */
export interface FilmSource {
  readonly format: FrameFormat;
  /** Frames per second, as the source announces them. */
  readonly fps: number | undefined;
}

/** Begins a film: in the file `name`, or, with `take`, in memory: it gets the bytes and owns them. */
export type OpenFilm = (
  film: FilmSource & {
    readonly name: string;
    readonly take?: ((bytes: Uint8Array) => void) | undefined;
  },
) => Film;

/** A film that was recorded, as pages get it. */
export interface FilmFile {
  readonly name: string;
  readonly bytes: number;
  readonly seconds: number;
  /** When it begins, as an ISO date. */
  readonly began: string;
}

/** A film that an archive has begun. */
export interface NewFilm {
  readonly film: Film;
  /** Why it has to end now; undefined: it need not. */
  full(): string | undefined;
  /** Takes the film into the archive, once it has ended. The oldest ones may have to go. */
  keep(): void;
}

/** Keeps the films of all streams: each has its own, which have a limit. */
export interface Archive {
  /** The longest film, in seconds. */
  readonly maxSeconds: number;
  /** Where the files are; undefined: in memory. */
  readonly path?: string;
  /** Begins a film of a stream. */
  begin(stream: string, source: FilmSource): NewFilm;
  /** The films of a stream, the newest first. */
  files(stream: string): readonly FilmFile[];
  /** The bytes of a film from `from` up to `to`; undefined if the stream has no such film (any more). */
  read(
    stream: string,
    name: string,
    range: { readonly from: number; readonly to: number },
  ): Promise<ReadableStream<Uint8Array> | undefined>;
}
