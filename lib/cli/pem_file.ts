/** A certificate or a key from a file. */

import { Failure } from "../frame/failure.ts";

/** Reads a PEM file that is to hold `what`. Throws a `Failure` where it can't be, or does not. */
export async function readPem(name: string, what: "CERTIFICATE" | "PRIVATE KEY"): Promise<string> {
  const thing = what === "CERTIFICATE" ? "certificate" : "key";
  let text: string;
  try {
    text = await Deno.readTextFile(name);
  } catch (thrown) {
    const why = thrown instanceof Deno.errors.NotFound
      ? "there is no such file"
      : "it can't be read";
    throw new Failure(`Cannot read the ${thing} in "${name}": ${why}`, "name a PEM file");
  }
  if (!new RegExp(`-----BEGIN [A-Z ]*${what}-----`).test(text)) {
    throw new Failure(`Cannot use "${name}": there is no PEM ${thing} in it`, "name a PEM file");
  }
  return text;
}
