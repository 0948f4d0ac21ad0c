/** The part of a connection that the receiver uses. */

export interface Connection {
  /** Reads into `space`; gives the number of bytes, null at the end. Fails once it is closed. */
  read(space: Uint8Array<ArrayBuffer>): Promise<number | null>;
  /** Writes at least one byte of `bytes`, and gives the number. */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  /** Closes it at once; a second call does nothing. */
  close(): void;
}

/** Takes over a socket. */
export function asConnection(conn: Deno.Conn): Connection {
  let isClosed = false;
  return {
    read: (space) => conn.read(space),
    write: (bytes) => conn.write(bytes),
    close: () => {
      if (!isClosed) conn.close();
      isClosed = true;
    },
  };
}

/** Writes all of `bytes`. */
export async function writeAll(
  conn: Connection,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}
