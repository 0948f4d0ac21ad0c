/** What a peer sent is not what the wire says. */

/** Told to the user, or to the peer, by whoever reads: `message` is one plain line. */
export class WireError extends Error {
  override name = "WireError";
}

/** A peer's text as it may stand in a message: printable, in quotes, and short. */
export function quote(text: string | undefined): string {
  const plain = (text ?? "").replace(/[^\x20-\x7e]/g, "?");
  return `"${plain.length > 60 ? `${plain.slice(0, 60)}...` : plain}"`;
}
