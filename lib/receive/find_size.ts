/** Detects the frame size of a raw stream from its first bytes. */

import type { Clock } from "../async/clock.ts";
import { Failure } from "../log/failure.ts";
import { grayFormat } from "../frame/frame_format.ts";
import { findGeometry, MIN_BYTES, type RawGeometry, USEFUL_BYTES } from "../wire/raw_geometry.ts";
import { RawReader } from "../wire/raw.ts";
import type { Connection } from "./connection.ts";

/** How long bytes are collected, in milliseconds: a few frames of any camera. */
const COLLECT_MS = 1500;

/**
 * Reads until there is enough to detect the size. `begun` was read before. The `rest` of the result is all
 * that was read, to be read again as frames. Throws a `Failure` if the bytes show no size.
 */
export async function findSize(
  conn: Connection,
  { begun, clock }: { begun: Uint8Array; clock: Clock },
): Promise<{ geometry: RawGeometry; reader: RawReader; rest: Uint8Array<ArrayBuffer> }> {
  const bytes = new Uint8Array(USEFUL_BYTES);
  bytes.set(begun);
  let length = begun.length;
  const until = clock.now() + COLLECT_MS;
  while (length < MIN_BYTES || (length < USEFUL_BYTES && clock.now() < until)) {
    const count = await conn.read(bytes.subarray(length));
    if (count === null) break;
    length += count;
  }
  const rest = bytes.subarray(0, length);
  const geometry = findGeometry(rest);
  if (!geometry) {
    throw new Failure(
      `Cannot detect the frame size from ${length} bytes: no rows are visible in them`,
      "give WIDTH and HEIGHT: noise, stripes and dark pictures do not show their rows",
    );
  }
  return {
    geometry,
    reader: new RawReader(grayFormat(geometry), { stride: geometry.stride }),
    rest,
  };
}
