/** A file, or stdout, that is written from its beginning. It owns the file. */

import { Failure, messageOf } from "../log/failure.ts";

export class OutputFile implements Disposable {
  /** The file's name, or `-` for stdout. */
  readonly name: string;
  readonly #file: Deno.FsFile | typeof Deno.stdout;
  /** Whether the file's old content has not been removed yet. */
  #stale: boolean;

  private constructor(name: string, file: Deno.FsFile | typeof Deno.stdout, stale: boolean) {
    this.name = name;
    this.#file = file;
    this.#stale = stale;
  }

  /**
   * Throws a `Failure` where `name` can't be written. Nothing is created and nothing is changed: a run that
   * fails leaves no file, and an old file as it was.
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
   * Opens `name`, and creates it where it does not exist; `-` is stdout. A file keeps its content until the
   * first write. Throws a `Failure` where it can't be opened.
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

  /** Removes the file's old content, once. */
  async clear(): Promise<void> {
    if (!this.#stale) return;
    this.#stale = false;
    await this.cut(0);
  }

  /** Cuts the file to `bytes`. Does nothing on a pipe. */
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

/** Tests whether a file can be written, and leaves everything as it was. Throws what the system throws. */
async function probe(name: string): Promise<void> {
  try {
    (await Deno.open(name, { write: true })).close();
    return;
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  try {
    // With its own name, which can be too long or not allowed by the file system.
    (await Deno.open(name, { write: true, createNew: true })).close();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.AlreadyExists) return; // a link to a file that does not exist
    throw thrown;
  }
  await Deno.remove(name);
}

/** Throws a `Failure` where no file can be created in the directory of `name`; none is left there. */
export async function checkDirectory(name: string): Promise<void> {
  const dir = name.replace(/[^/]*$/, "") || ".";
  try {
    await Deno.remove(await Deno.makeTempFile({ dir, prefix: ".framewire-" }));
  } catch (thrown) {
    throw cannotWrite(name, thrown);
  }
}

/** Refuses a named pipe: opening it waits for its reader, and the wait cannot be ended. */
async function refusePipe(name: string): Promise<void> {
  // It does not exist, or can't be read any more after `dropPermissions`: then it was checked before.
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
    "name a file in a directory that exists and that you can write to",
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

/** The reason of a system error, in plain words. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof Deno.errors.NotFound) return "there is no such directory";
  if (thrown instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (thrown instanceof Deno.errors.NotCapable) return "a device, not a file (-o - is stdout)";
  if (thrown instanceof Deno.errors.IsADirectory) return "it is a directory";
  if ((thrown as { code?: string }).code === "ENOSPC") return "the disk is full";
  return messageOf(thrown);
}
