/** The secret that both sides know, from a file that nobody else may read. */

import { Failure } from "../log/failure.ts";
import { TOKEN_CHARACTERS } from "../wire/hello.ts";
import { readSmallFile } from "./small_file.ts";

/** The permission bits of group and others. */
const OTHERS = 0o077;

/** Reads a token: the file's one line. Throws a `Failure` that never holds the token. */
export async function readToken(name: string): Promise<string> {
  const text = readSmallFile(name, `Cannot read the token in "${name}"`);
  const { mode } = await Deno.stat(name);
  if (mode !== null && Deno.build.os !== "windows" && (mode & OTHERS) !== 0) {
    throw new Failure(
      `Cannot use the token in "${name}": others may read the file`,
      `keep it to yourself: chmod 600 ${name}`,
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
