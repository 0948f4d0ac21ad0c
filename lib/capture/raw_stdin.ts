/** Reads raw frames from stdin, without ffmpeg. */

import type { CaptureRequest } from "../ffmpeg/capture_arguments.ts";
import { type RawFormat, readRawFormat } from "../ffmpeg/raw_format.ts";
import { Failure } from "../log/failure.ts";
import { frameBytes, type FrameFormat, isSameFormat } from "../frame/frame_format.ts";
import { formatFrameSize } from "../frame/frame_size.ts";
import type { FrameSource, SourceEnd } from "./frame_source.ts";

/** The format of a request's frames where they come raw on stdin as requested; undefined where ffmpeg is needed. */
export function rawFormatOf(
  { source, size, fps, inputOptions, pixels = "gray" }: CaptureRequest,
): RawFormat | undefined {
  if (source.kind !== "stream" || source.input !== "pipe:0" || fps !== undefined) return undefined;
  const raw = readRawFormat(inputOptions);
  return raw && isSameFormat(raw.format, { ...raw.format, ...size, pixels }) ? raw : undefined;
}

/** A source of bytes, such as `Deno.stdin`. */
export interface ByteReader {
  read(into: Uint8Array): Promise<number | null>;
}

export class RawStdin implements FrameSource {
  readonly format: FrameFormat;
  readonly fps: number | undefined;
  /** The other program can have started to write when this program started. */
  readonly took = performance.now();
  readonly #input: ByteReader;
  readonly #bytes: number;
  #isCancelled = false;
  /** Ends the wait for the current read: a read of an idle pipe cannot be cancelled. */
  #giveUp = () => {};

  constructor({ format, fps }: RawFormat, input: ByteReader = Deno.stdin) {
    this.format = format;
    this.fps = fps;
    this.#input = input;
    this.#bytes = frameBytes(format);
  }

  /** The next frame. Throws a `Failure` where stdin ends inside a frame. */
  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const frame = new Uint8Array(this.#bytes);
    for (let at = 0; at < frame.length;) {
      const count = await this.#read(at === 0 ? frame : frame.subarray(at));
      if (count === null) return this.#atEnd(at);
      at += count;
    }
    return frame;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#giveUp();
  }

  end(): Promise<SourceEnd> {
    return Promise.resolve({ code: 0, killed: null, lines: [] });
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    return Promise.resolve();
  }

  #read(into: Uint8Array): Promise<number | null> {
    if (this.#isCancelled) return Promise.resolve(null);
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#giveUp = () => resolve(null);
    this.#input.read(into).then(resolve, reject);
    return promise;
  }

  #atEnd(bytes: number): undefined {
    if (bytes === 0 || this.#isCancelled) return undefined;
    throw new Failure(
      `Lost "stdin": it ended inside a frame, after ${bytes} of ${this.#bytes} bytes`,
      `check that its frames are ${formatFrameSize(this.format)} (-video_size)`,
    );
  }
}
