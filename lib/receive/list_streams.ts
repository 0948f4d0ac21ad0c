/** Asks a server for its streams. */

import { Failure, messageOf } from "../log/failure.ts";
import { formatHello, GREETING } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import { type ListedStream, parseListing } from "../wire/listing.ts";
import { formatServer, type ServerAddress } from "./connect.ts";
import { writeAll } from "./connection.ts";
import { ConnectionGuard } from "./connection_guard.ts";
import { type Platform, systemPlatform } from "./platform.ts";
import { oneStreamOnly, refused } from "./stream_end.ts";

/** How long the server may take for its list, in milliseconds. */
const LIST_LIMIT_MS = 10_000;

/** A list is not longer than this. */
const MAX_BYTES = 2 ** 20;

/** A busy server may take a greeting that arrives late for silence, and send frames: then it is asked again. */
const MAX_TRIES = 3;

/** The server's streams, in its order. Throws a `Failure` that says why it gives none. */
export async function listStreams(
  request: ServerAddress & { readonly token?: string | undefined },
  control: { signal: AbortSignal; platform?: Platform },
): Promise<readonly ListedStream[]> {
  for (let tries = 1;; tries++) {
    try {
      return await ask(request, control);
    } catch (thrown) {
      control.signal.throwIfAborted();
      if (thrown instanceof Failure) throw thrown;
      if (thrown instanceof WireError && tries < MAX_TRIES) continue;
      throw failed(request, messageOf(thrown), thrown);
    }
  }
}

function failed(server: ServerAddress, why: string, cause: unknown): Failure {
  return new Failure(
    `Cannot list the streams of ${formatServer(server)}: ${why}`,
    "check that a framewire server listens there, and which version it has",
    { cause },
  );
}

async function ask(
  request: ServerAddress & { readonly token?: string | undefined },
  { signal, platform = systemPlatform }: { signal: AbortSignal; platform?: Platform },
): Promise<readonly ListedStream[]> {
  const conn = await platform.connect(request, { signal, limitMs: undefined });
  using guard = new ConnectionGuard(conn, { signal, clock: platform.clock });
  guard.limit(LIST_LIMIT_MS);
  try {
    const { token } = request;
    await writeAll(conn, new TextEncoder().encode(formatHello({ ack: false, list: true, token })));
    let text = "";
    const decoder = new TextDecoder();
    const space = new Uint8Array(16384);
    // A server that does not know list=1 sends frames: its first line says so.
    while (text.length < MAX_BYTES && !isStream(text)) {
      const count = await conn.read(space);
      if (count === null) break;
      text += decoder.decode(space.subarray(0, count), { stream: true });
    }
    if (/^framewire\/1 ok wire=/.test(text)) throw oneStreamOnly("--list-streams");
    const listing = parseListing(text);
    if ("error" in listing) throw refused(listing, request);
    return listing;
  } catch (thrown) {
    if (!guard.isOverdue || thrown instanceof Failure) throw thrown;
    throw failed(request, `no list came within ${LIST_LIMIT_MS / 1000} s`, thrown);
  } finally {
    conn.close();
  }
}

/** Whether frames come in place of a list: those of a server that sends no answer, or does not know `list=1`. */
function isStream(text: string): boolean {
  return !GREETING.startsWith(text.slice(0, GREETING.length)) ||
    /^framewire\/1 ok wire=/.test(text);
}
