/** A certificate or a key from a file. */

import { Failure } from "../log/failure.ts";
import { readSmallFile } from "./small_file.ts";

/** Reads a PEM file that is to hold `what`. Throws a `Failure` where it can't be, or does not. */
export function readPem(name: string, what: "CERTIFICATE" | "PRIVATE KEY"): string {
  const thing = what === "CERTIFICATE" ? "certificate" : "key";
  const text = readSmallFile(name, `Cannot read the ${thing} in "${name}"`);
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text)) {
    throw new Failure(`Cannot use "${name}": there is no PEM ${thing} in it`, "name a PEM file");
  }
  return text;
}
