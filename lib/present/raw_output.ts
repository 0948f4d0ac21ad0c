/** An output that is a record: every frame that arrived, in order, as raw gray bytes. */

import { Failure, messageOf } from "../frame/failure.ts";
import type { Frame } from "../frame/frame.ts";

/** Where frames are written to: a file, or stdout. It owns the file. */
export class RawOutput implements Disposable {
  /** The file's name, or `-` for stdout. */
  readonly name: string;
  readonly #file: Deno.FsFile | typeof Deno.stdout;

  private constructor(name: string, file: Deno.FsFile | typeof Deno.stdout) {
    this.name = name;
    this.#file = file;
  }

  /** Opens `name` for writing, emptied; `-` is stdout. Throws a `Failure` where it can't. */
  static async open(name: string): Promise<RawOutput> {
    if (name === "-") return new RawOutput(name, Deno.stdout);
    try {
      return new RawOutput(
        name,
        await Deno.open(name, { write: true, create: true, truncate: true }),
      );
    } catch (thrown) {
      throw new Failure(
        `Cannot write "${name}": ${reasonOf(thrown)}`,
        "name a file in a directory that exists and that you may write to",
        { cause: thrown },
      );
    }
  }

  /**
   * Writes a whole frame; the caller waits for the disk. Returns false where a reader has closed the
   * pipe, which is a normal end; throws a `Failure` where the frame can't be written.
   */
  async write({ pixels, sequence }: Frame): Promise<boolean> {
    try {
      for (let at = 0; at < pixels.length;) at += await this.#file.write(pixels.subarray(at));
      return true;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.BrokenPipe) return false;
      throw new Failure(
        `Cannot write frame ${sequence} to "${this.name}": ${reasonOf(thrown)}`,
        `what was written before is whole: ${sequence} frames`,
        { cause: thrown },
      );
    }
  }

  [Symbol.dispose](): void {
    if (this.name !== "-") this.#file.close();
  }
}

/** Why the system refused, in plain words. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "there is no such directory";
  if (thrown instanceof Deno.errors.PermissionDenied) return "not allowed";
  if (thrown instanceof Deno.errors.NotCapable) return "a device, not a file (-o - is stdout)";
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a directory";
  const code = (thrown as { code?: string }).code;
  if (code === "ENOSPC") return "the disk is full";
  return messageOf(thrown);
}
