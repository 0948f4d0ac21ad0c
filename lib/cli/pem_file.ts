/** A certificate or a key from a file. */

import { Failure } from "../log/failure.ts";
import { readSmallFile } from "./small_file.ts";

/** Reads a PEM file with a `what`. Throws a `Failure` if it cannot be read or has none. */
export function readPem(name: string, what: "CERTIFICATE" | "PRIVATE KEY"): string {
  const thing = what === "CERTIFICATE" ? "certificate" : "key";
  const text = readSmallFile(name, `Cannot read the ${thing} in "${name}"`);
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text)) {
    throw new Failure(
      `Cannot use "${name}": it contains no ${thing} in PEM format`,
      `give a file with a line -----BEGIN ${what}-----`,
    );
  }
  return text;
}
