/** A simple client: connects and yields the raw frames. */

import { grayFormat } from "../../lib/frame/frame_format.ts";
import { RawReader } from "../../lib/wire/raw.ts";

/** The wait between two tries to connect, in milliseconds. */
const RETRY = 2;

/** Yields the frames from a port of 127.0.0.1. Waits until the port is open. */
export async function* rawFrames(
  port: number,
  size: { width: number; height: number },
  { signal }: { signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  using conn = await connect(port, signal);
  const reader = new RawReader(grayFormat(size));
  while (!signal.aborted) {
    const count = await conn.read(reader.space);
    if (count === null) return;
    reader.filled(count);
    for (let frame; (frame = reader.take());) yield frame.payload;
  }
}

async function connect(port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port });
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.ConnectionRefused)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, RETRY));
    }
  }
}
