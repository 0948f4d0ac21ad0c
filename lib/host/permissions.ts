/** Drops the permissions that a program needs only to open what its options name. */

import { STARTER } from "./start_other.ts";
import { V4L2_CTL } from "./v4l2_ctl.ts";

/**
 * Drops, for good, the permissions that are not needed any more: data from the network can then not make this
 * program use them, whatever bug it has. Workers that already run keep theirs.
 */
export async function dropPermissions(
  { reading, starting, controlling = false }: {
    /** Keep reading files. */
    reading: boolean;
    /** Keep starting programs other than ffmpeg and ffplay: start_other.ts does so. */
    starting: boolean;
    /** Keep starting v4l2-ctl: a camera's controls are set again when it comes back. */
    controlling?: boolean;
  },
): Promise<void> {
  if (!reading) await Deno.permissions.revoke({ name: "read" });
  if (!starting) await Deno.permissions.revoke({ name: "run", command: STARTER });
  if (!controlling) await Deno.permissions.revoke({ name: "run", command: V4L2_CTL });
}
