/** The size of a raw stream that nobody announced, from its first bytes. */

import { Failure } from "../log/failure.ts";
import { findGeometry, LEAST_BYTES, type RawGeometry, USEFUL_BYTES } from "../wire/raw_geometry.ts";
import { RawReader } from "../wire/raw.ts";

/** For how long bytes are collected, in milliseconds: a few frames of any camera. */
const PATIENCE = 1500;

/**
 * Reads until there is enough to tell the size. Gives back what was read, to be read again as frames.
 * Throws a `Failure` where it can't be told.
 */
export async function findSize(
  conn: Deno.Conn,
  begun: Uint8Array,
): Promise<{ geometry: RawGeometry; reader: RawReader; rest: Uint8Array }> {
  const bytes = new Uint8Array(USEFUL_BYTES);
  bytes.set(begun);
  let length = begun.length;
  const until = performance.now() + PATIENCE;
  while (length < LEAST_BYTES || (length < USEFUL_BYTES && performance.now() < until)) {
    const count = await conn.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  const rest = bytes.subarray(0, length);
  const geometry = findGeometry(rest);
  if (!geometry) {
    throw new Failure(
      `Cannot tell the size of the frames from ${length} bytes: no rows are to be seen in them`,
      "noise, stripes and dark pictures do not show it; give WIDTH and HEIGHT",
    );
  }
  return { geometry, reader: new RawReader(geometry, { stride: geometry.stride }), rest };
}
