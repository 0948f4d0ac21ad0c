/** Files that hold a few words: options, a token, a certificate. */

import { Failure } from "../log/failure.ts";

/** No such file is longer, in bytes. */
const LONGEST = 65536;

/** Reads a text. Throws a `Failure`: `failed` is what can't be done without it. */
export function readSmallFile(name: string, failed: string): string {
  try {
    const { isFile, isDirectory, size } = Deno.statSync(name);
    // Opening a pipe would wait for its writer, and nothing could end that.
    if (!isFile) throw new Unfit(isDirectory ? "it is a directory" : "it is a pipe or a device");
    if (size > LONGEST) throw new Unfit(`it is longer than ${LONGEST} bytes`);
    return Deno.readTextFileSync(name).replace(/^\ufeff/, "");
  } catch (thrown) {
    const why = thrown instanceof Unfit
      ? thrown.message
      : thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : thrown instanceof Deno.errors.PermissionDenied
      ? "not allowed"
      : "it can't be read";
    throw new Failure(`${failed}: ${why}`, "name a file of text");
  }
}

/** A file that can't be what is wanted. */
class Unfit extends Error {}
