/** The secret that both sides know, from a file that nobody else may read. */

import { Failure } from "../frame/failure.ts";
import { TOKEN_CHARACTERS } from "../wire/hello.ts";

/** The permission bits of group and others. */
const OTHERS = 0o077;

/** Reads a token: the file's one line. Throws a `Failure` that never holds the token. */
export async function readToken(name: string): Promise<string> {
  let text: string;
  try {
    const { mode } = await Deno.stat(name);
    if (mode !== null && Deno.build.os !== "windows" && (mode & OTHERS) !== 0) {
      throw new Failure(
        `Cannot use the token in "${name}": others may read the file`,
        `keep it to yourself: chmod 600 ${name}`,
      );
    }
    text = await Deno.readTextFile(name);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    const why = thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : thrown instanceof Deno.errors.PermissionDenied
      ? "not allowed"
      : "it can't be read";
    throw new Failure(
      `Cannot read the token in "${name}": ${why}`,
      "make one: openssl rand -hex 32",
    );
  }
  const token = text.replace(/\r?\n$/, "");
  if (!TOKEN_CHARACTERS.test(token)) {
    throw new Failure(
      `Cannot use the token in "${name}": wanted one line of 8 to 256 letters, digits, or any of ._~+/=-`,
      "make one: openssl rand -hex 32",
    );
  }
  return token;
}
