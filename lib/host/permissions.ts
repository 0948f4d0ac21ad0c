/** Rights that a program does not need any more once everything that was named is open. */

import { STARTER } from "./start_other.ts";

/**
 * Gives up, for good, what is not asked to be kept: then what comes by the network can't make this program
 * do it, whatever is wrong with it. Workers that run keep what they began with.
 */
export async function dropPermissions(
  { reading, starting }: {
    /** Files. */
    reading: boolean;
    /** Other programs than ffmpeg and ffplay: start_other.ts starts them. */
    starting: boolean;
  },
): Promise<void> {
  if (!reading) await Deno.permissions.revoke({ name: "read" });
  if (!starting) await Deno.permissions.revoke({ name: "run", command: STARTER });
}
