/** Reads a certificate or a key from a file. */

import { Failure } from "../log/failure.ts";
import { readSmallFile } from "./small_file.ts";

/** Reads a PEM file. Throws a `Failure` if it cannot be read, or does not contain `what`. */
export function readPem(name: string, what: "CERTIFICATE" | "PRIVATE KEY"): string {
  const thing = what === "CERTIFICATE" ? "certificate" : "key";
  const text = readSmallFile(name, `Cannot read the ${thing} in "${name}"`);
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text)) {
    throw new Failure(
      `Cannot use "${name}": it contains no PEM ${thing}`,
      `give a PEM file that contains "BEGIN ${what}"`,
    );
  }
  return text;
}
