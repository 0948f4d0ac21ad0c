/** What a peer sent is not what the wire says. */

/** Told to the user, or to the peer, by whoever reads: `message` is one plain line. */
export class WireError extends Error {
  override name = "WireError";
}
