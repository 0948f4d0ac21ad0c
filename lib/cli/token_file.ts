/** The shared secret of server and clients, from a file that only its owner can read. */

import { Failure } from "../log/failure.ts";
import { TOKEN_CHARACTERS } from "../wire/hello.ts";
import { shellQuote } from "../log/shell_quote.ts";
import { readSmallFile } from "./small_file.ts";

/** The permission bits of group and others. */
const OTHERS = 0o077;

/** Reads the token, the only line of the file. Throws a `Failure`, which never contains the token. */
export async function readToken(name: string): Promise<string> {
  const text = readSmallFile(name, `Cannot read the token in "${name}"`);
  const { mode } = await Deno.stat(name);
  if (mode !== null && Deno.build.os !== "windows" && (mode & OTHERS) !== 0) {
    throw new Failure(
      `Cannot use the token in "${name}": other users can read the file`,
      `make it private: chmod 600 ${shellQuote(name)}`,
    );
  }
  const token = text.replace(/\r?\n$/, "");
  if (!TOKEN_CHARACTERS.test(token)) {
    throw new Failure(
      `Cannot use the token in "${name}": wanted one line of 8 to 256 letters, digits, or any of ._~+/=-`,
      `create one: openssl rand -hex 32 > ${shellQuote(name)}`,
    );
  }
  return token;
}
