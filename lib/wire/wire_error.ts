/** A peer sent something that the wire does not allow. */

/** `message` is one plain line, for the user or the peer. */
export class WireError extends Error {
  override name = "WireError";
}

/** A peer's text for a message: printable, in quotes, and short. */
export function quote(text: string | undefined): string {
  const plain = (text ?? "").replace(/[^\x20-\x7e]/g, "?");
  return `"${plain.length > 60 ? `${plain.slice(0, 60)}...` : plain}"`;
}
