/** Small text files: options, a token, a certificate. */

import { Failure, messageOf } from "../log/failure.ts";

/** The maximum size of such a file, in bytes. */
const MAX_BYTES = 65536;

/** Reads a text. Throws a `Failure` that begins with `failed`. */
export function readSmallFile(
  name: string,
  failed: string,
  hint = "check the path and the permissions of the file",
): string {
  try {
    const { isFile, isDirectory, size } = Deno.statSync(name);
    // Opening a pipe waits for its writer, and nothing can end that wait.
    if (!isFile) throw new Unfit(isDirectory ? "it is a directory" : "it is a pipe or a device");
    if (size > MAX_BYTES) throw new Unfit(`it is longer than ${MAX_BYTES} bytes`);
    return Deno.readTextFileSync(name).replace(/^\ufeff/, "");
  } catch (thrown) {
    const why = thrown instanceof Unfit
      ? thrown.message
      : thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : thrown instanceof Deno.errors.PermissionDenied
      ? "this user is not allowed to read it"
      : messageOf(thrown);
    throw new Failure(`${failed}: ${why}`, hint, { cause: thrown });
  }
}

/** The file is not a small regular file. */
class Unfit extends Error {}
