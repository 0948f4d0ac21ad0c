/** A file, or stdout, that is written to from its beginning. It owns the file. */

import { Failure, messageOf } from "../log/failure.ts";

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
   * Throws a `Failure` where `name` can't be written. Nothing is made and nothing is changed: a run that
   * comes to nothing leaves no file, and an old one as it was.
   */
  static async check(name: string): Promise<void> {
    if (name === "-") return;
    await refusePipe(name);
    try {
      await probe(name);
    } catch (thrown) {
      throw cannotWrite(name, thrown);
    }
  }

  /**
   * Opens `name`, which is made where it is not there; `-` is stdout. What a file held stays there until
   * the first write. Throws a `Failure` where it can't be opened.
   */
  static async open(name: string): Promise<OutputFile> {
    if (name === "-") return new OutputFile(name, Deno.stdout, false);
    await refusePipe(name);
    try {
      return new OutputFile(name, await Deno.open(name, { write: true, create: true }), true);
    } catch (thrown) {
      throw cannotWrite(name, thrown);
    }
  }

  /** Removes what the file held before, once. */
  async clear(): Promise<void> {
    if (!this.#stale) return;
    this.#stale = false;
    await this.cut(0);
  }

  /** Cuts the file to so many bytes. A pipe has nothing to remove: then nothing happens. */
  async cut(bytes: number): Promise<void> {
    if (this.#file instanceof Deno.FsFile) await this.#file.truncate(bytes).catch(() => {});
  }

  /** Writes all the bytes. Throws what the system throws. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.clear();
    for (let at = 0; at < bytes.length;) at += await this.#file.write(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    if (this.#file instanceof Deno.FsFile) this.#file.close();
  }
}

/** Tries whether a file can be written, and leaves everything as it was. Throws what the system throws. */
async function probe(name: string): Promise<void> {
  try {
    (await Deno.open(name, { write: true })).close();
    return;
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  try {
    // Under its own name: that can be too long, or not allowed by the file system.
    (await Deno.open(name, { write: true, createNew: true })).close();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists) return; // a link to what is not there yet
    throw thrown;
  }
  await Deno.remove(name);
}

/** Throws a `Failure` where no file can be made in the directory of `name`; none is left there. */
export async function checkDirectory(name: string): Promise<void> {
  const dir = name.replace(/[^/]*$/, "") || ".";
  try {
    await Deno.remove(await Deno.makeTempFile({ dir, prefix: ".framewire-" }));
  } catch (thrown) {
    throw cannotWrite(name, thrown);
  }
}

/** A pipe is refused: opening it waits for its reader, and nothing could end that. */
async function refusePipe(name: string): Promise<void> {
  // Not there, or not to be looked at any more: then it was looked at before.
  const info = await Deno.stat(name).catch(() => undefined);
  if (!info?.isFifo) return;
  throw new Failure(
    `Cannot write "${name}": it is a pipe, and opening it would wait for its reader`,
    `let the shell open it: -o - > ${name}`,
  );
}

function cannotWrite(name: string, thrown: unknown): Failure {
  return new Failure(
    `Cannot write "${name}": ${reasonOf(thrown)}`,
    "name a file in a directory that exists and that you may write to",
    { cause: thrown },
  );
}

/** The name in a message: `film.gray`, or `stdout`. */
export function shownName(name: string): string {
  return name === "-" ? "stdout" : name;
}

/** The name in an error: `"film.gray"`, or `stdout`. */
export function quotedName(name: string): string {
  return name === "-" ? "stdout" : `"${name}"`;
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
