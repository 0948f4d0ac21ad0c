/** Drops the permissions that a program needs only to open what its options name. */

import { STARTER } from "./start_other.ts";

/**
 * Drops, for good, the permissions that are not needed any more: data from the network can then not make this
 * program use them, whatever bug it has. Workers that already run keep theirs.
 */
export async function dropPermissions(
  { reading, starting }: {
    /** Keep reading files. */
    reading: boolean;
    /** Keep starting programs other than ffmpeg and ffplay: start_other.ts does so. */
    starting: boolean;
  },
): Promise<void> {
  if (!reading) await Deno.permissions.revoke({ name: "read" });
  if (!starting) await Deno.permissions.revoke({ name: "run", command: STARTER });
}
