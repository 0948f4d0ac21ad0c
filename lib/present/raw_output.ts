/** A file of uncompressed frames: raw gray bytes, or YUV4MPEG2. */

import { Failure } from "../log/failure.ts";
import type { Frame } from "../frame/frame.ts";
import type { Clip, Progress } from "./clip.ts";
import { OutputFile, quotedName, reasonOf } from "./output_file.ts";
import { plural } from "../log/plural.ts";

const NOTHING = new Uint8Array();

/** Where frames are written to. It owns the file. */
export class RawOutput implements Clip {
  readonly #file: OutputFile;
  /** What is written before the first frame, until it is, and what is written before each. */
  #head: Uint8Array;
  readonly #line: Uint8Array;
  /** Frames written whole, and their bytes. */
  #written = 0;
  #bytes = 0;
  #first: number | undefined;
  #last = 0;

  private constructor(file: OutputFile, { head, line }: { head: Uint8Array; line: Uint8Array }) {
    this.#file = file;
    this.#head = head;
    this.#line = line;
  }

  /**
   * Opens `name`; `-` is stdout. `head` is written before the first frame, `line` before each. Throws a
   * `Failure` where it can't.
   */
  static async open(
    name: string,
    { head = NOTHING, line = NOTHING }: { head?: Uint8Array; line?: Uint8Array } = {},
  ): Promise<RawOutput> {
    return new RawOutput(await OutputFile.open(name), { head, line });
  }

  get progress(): Progress {
    const seconds = (this.#last - (this.#first ?? this.#last)) / 1000;
    return { seconds, bytes: this.#bytes, frames: this.#written };
  }

  /**
   * Writes a whole frame; the caller waits for the disk. Returns false when a reader has closed the
   * pipe, which is a normal end; throws a `Failure` where the frame can't be written.
   */
  async write({ pixels, capturedAt }: Frame): Promise<boolean> {
    const pieces = [this.#head, this.#line, pixels];
    try {
      for (const piece of pieces) if (piece.length > 0) await this.#file.write(piece);
      this.#bytes += pieces.reduce((sum, { length }) => sum + length, 0);
      this.#head = NOTHING;
      this.#written++;
      this.#first ??= capturedAt;
      this.#last = capturedAt;
      return true;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return false;
      await this.#file.cut(this.#bytes); // a part of a frame would be taken for a whole one
      const frames = plural(this.#written, "frame");
      throw new Failure(
        `Cannot write to ${quotedName(this.#file.name)} after ${frames}: ${reasonOf(thrown)}`,
        this.#file.name === "-"
          ? "check what stdout is redirected to"
          : `free some space; the file holds ${frames}, all of them whole`,
        { cause: thrown },
      );
    }
  }

  /** Closes the file. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#file[Symbol.dispose]();
    return Promise.resolve();
  }
}
