/** An output that is a record: every frame that arrived, in order, as raw gray bytes. */

import { Failure } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";
import { OutputFile, reasonOf } from "./output_file.ts";

/** Where frames are written to. It owns the file. */
export class RawOutput implements Disposable {
  readonly #file: OutputFile;
  /** Frames written whole. */
  #written = 0;

  private constructor(file: OutputFile) {
    this.#file = file;
  }

  /** Opens `name`; `-` is stdout. Throws a `Failure` where it can't. */
  static async open(name: string): Promise<RawOutput> {
    return new RawOutput(await OutputFile.open(name));
  }

  /**
   * Writes a whole frame; the caller waits for the disk. Returns false where a reader has closed the
   * pipe, which is a normal end; throws a `Failure` where the frame can't be written.
   */
  async write({ pixels }: Frame): Promise<boolean> {
    try {
      await this.#file.write(pixels);
      this.#written++;
      return true;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return false;
      throw new Failure(
        `Cannot write frame ${this.#written} to "${this.#file.name}": ${reasonOf(thrown)}`,
        `what was written before is whole: ${this.#written} frames`,
        { cause: thrown },
      );
    }
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
