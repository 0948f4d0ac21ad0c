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
  if (!starting) await dropStarter();
  if (!controlling) await Deno.permissions.revoke({ name: "run", command: V4L2_CTL });
}

/** Drops, for good, the permission to start programs other than ffmpeg, ffplay and v4l2-ctl. */
export async function dropStarter(): Promise<void> {
  await Deno.permissions.revoke({ name: "run", command: STARTER });
}

/**
 * Drops, for good, the permission to write anywhere: what is left is `directory`, if it is given, and the places of
 * unix sockets. The client's, which can write every file that its options name, stays as it is.
 */
export async function writeOnlyTo(directory: string | undefined): Promise<void> {
  if (directory !== undefined) {
    const path = await Deno.realPath(directory).catch(() => directory); // what is missing is reported later
    const place = { name: "write", path } as const;
    const { state } = await Deno.permissions.query(place);
    // The permission for this directory alone; it is asked for only where nobody has to be asked.
    if (state === "granted") await Deno.permissions.request(place);
  }
  await Deno.permissions.revoke({ name: "write", path: "/" });
}
