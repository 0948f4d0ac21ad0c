/** A right that a program does not need any more once everything that was named is open. */

/**
 * Gives up reading files, for good: what comes by the network then can't make this program do it, whatever
 * is wrong with it. Workers that run keep what they began with.
 */
export async function giveUpReading(): Promise<void> {
  await Deno.permissions.revoke({ name: "read" });
}
