/** A file, or stdout, that is written to from its beginning. It owns the file. */

import { Failure, messageOf } from "../frame/failure.ts";

export class OutputFile implements Disposable {
  /** The file's name, or `-` for stdout. */
  readonly name: string;
  readonly #file: Deno.FsFile | typeof Deno.stdout;
  /** Whether what it held before is still to be removed. */
  #stale: boolean;

  private constructor(name: string, file: Deno.FsFile | typeof Deno.stdout, stale: boolean) {
    this.name = name;
    this.#file = file;
    this.#stale = stale;
  }

  /**
   * Opens `name`; `-` is stdout. What a file held stays there until the first write: a run that comes to
   * nothing costs nothing. Throws a `Failure` where it can't be opened.
   */
  static async open(name: string): Promise<OutputFile> {
    if (name === "-") return new OutputFile(name, Deno.stdout, false);
    if (await isPipe(name)) {
      throw new Failure(
        `Cannot write "${name}": it is a pipe, and opening it would wait for its reader`,
        `let the shell do that: -o - > ${name}`,
      );
    }
    try {
      return new OutputFile(name, await Deno.open(name, { write: true, create: true }), true);
    } catch (thrown) {
      throw new Failure(
        `Cannot write "${name}": ${reasonOf(thrown)}`,
        "name a file in a directory that exists and that you may write to",
        { cause: thrown },
      );
    }
  }

  /** Writes all the bytes. Throws what the system throws. */
  async write(bytes: Uint8Array): Promise<void> {
    // A pipe has nothing to remove, and says that it can't.
    if (this.#stale) await (this.#file as Deno.FsFile).truncate().catch(() => {});
    this.#stale = false;
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    if (this.#file instanceof Deno.FsFile) this.#file.close();
  }
}

async function isPipe(name: string): Promise<boolean> {
  try {
    return (await Deno.stat(name)).isFifo ?? false;
  } catch {
    return false; // not there, or not to be looked at any more: then it was looked at before
  }
}

/** Why the system refused, in plain words. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "there is no such directory";
  if (thrown instanceof Deno.errors.PermissionDenied) return "not allowed";
  if (thrown instanceof Deno.errors.NotCapable) return "a device, not a file (-o - is stdout)";
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a directory";
  if ((thrown as { code?: string }).code === "ENOSPC") return "the disk is full";
  return messageOf(thrown);
}
