/** Greets a server, and reads its answer or the first bytes of a stream that begins without one. */

import type { Clock } from "../async/clock.ts";
import { type Beginning, FirstLineReader } from "../wire/first_line.ts";
import { WireError } from "../wire/wire_error.ts";
import { type Connection, writeAll } from "./connection.ts";

/** The server closed the connection before it sent a byte. */
export class ClosedAtOnce extends WireError {
  override name = "ClosedAtOnce";

  constructor() {
    super("the server closed the connection");
  }
}

/**
 * Sends `greeting` unless bytes come first, and gives what the server sends. Throws a `WireError` if it
 * closes before that is known.
 */
export async function greet(
  conn: Connection,
  { greeting, listenFirstMs, clock, onFirst }: {
    greeting: Uint8Array<ArrayBuffer>;
    /**
     * How long to listen before the greeting goes out, in milliseconds. A server that sends frames at once
     * needs no greeting, and one that never reads it would, when it closes, reset the connection and lose
     * the frames that are still on their way.
     */
    listenFirstMs: number;
    clock: Clock;
    /** Called when bytes have come. */
    onFirst: () => void;
  },
): Promise<Beginning> {
  const reader = new FirstLineReader();
  let reading = conn.read(reader.space);
  reading.catch(() => {}); // awaited below
  if (listenFirstMs === 0 || await isSilent(reading, listenFirstMs, clock)) {
    await writeAll(conn, greeting);
  }
  for (;;) {
    const count = await reading;
    if (count === null) {
      throw reader.begun ? new WireError("the answer is cut") : new ClosedAtOnce();
    }
    onFirst();
    const beginning = reader.filled(count);
    if (beginning) return beginning;
    reading = conn.read(reader.space);
  }
}

/** Whether nothing comes for so many milliseconds. Fails as `reading` does. */
async function isSilent(
  reading: Promise<unknown>,
  milliseconds: number,
  clock: Clock,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  using _timer = clock.after(milliseconds, () => resolve(true));
  return await Promise.race([reading.then(() => false), promise]);
}
