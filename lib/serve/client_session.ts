/**
 * One client of the server: its connection, one sending loop and one reading loop. It owns the
 * connection and closes it.
 */

import type { Frame } from "../frame/frame.ts";
import type { Latest, LatestReader } from "../frame/latest.ts";

/** How long a client may take to close after the last frame, in milliseconds. */
const GOODBYE = 2000;

/** What clients say is read in pieces of this size, and dropped. */
const SCRATCH_BYTES = 4096;

export class ClientSession {
  /** Address and port, as `192.168.0.7:40112`. */
  readonly peer: string;
  /** Whole frames that were sent. */
  sent = 0;
  #skipped = 0;
  readonly #conn: Deno.TcpConn;
  readonly #frames: Latest<Frame>;
  #reader: LatestReader<Frame> | undefined;
  /** Aborted by `close`: ends the session's own waiting. */
  readonly #over = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  /** Why the session ended; what is said first stays. */
  #reason: string | undefined;
  /** When the write under way last moved a byte; undefined while there is none. */
  #movedAt: number | undefined;

  constructor(conn: Deno.TcpConn, frames: Latest<Frame>) {
    const { hostname, port } = conn.remoteAddr;
    this.peer = hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
    this.#conn = conn;
    this.#frames = frames;
  }

  /** Frames that this client was too slow for: replaced by newer ones while a write was under way. */
  get skipped(): number {
    return this.#skipped + Math.max(0, (this.#reader?.missed() ?? 0) - 1);
  }

  /** For how long the write under way has not moved, in milliseconds; 0 while there is none. */
  get stalledFor(): number {
    return this.#movedAt === undefined ? 0 : performance.now() - this.#movedAt;
  }

  /**
   * Sends frames until they end, the client leaves, or `signal` is aborted; a frame once begun is
   * finished. Returns why it ended, in words for the log. Never throws.
   */
  async run({ signal }: { signal: AbortSignal }): Promise<string> {
    const reading = this.#readToEnd();
    const sending = this.#send(AbortSignal.any([signal, this.#over.signal]))
      .then(() => this.#sayGoodbye(reading))
      .then(() => this.close(signal.aborted ? "stopped" : "done"))
      // A failed write is the one sure sign that a client has left.
      .catch(() => this.close("left"));
    // Not `sending` alone: before Deno's pull request 36369, `conn.close()` does not end a write that is
    // stuck. The system then keeps that socket until its client reads on or goes.
    await Promise.race([sending, this.#closed.promise]);
    await reading;
    return this.#reason ?? "left";
  }

  /** Closes the connection at once, whatever is under way. Can be called again. */
  close(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#over.abort();
    this.#conn.close();
    this.#closed.resolve();
  }

  async #send(signal: AbortSignal): Promise<void> {
    this.#conn.setNoDelay(true); // the end of a frame must not wait for an answer
    using reader = this.#reader = this.#frames.reader({ signal });
    for (let taken; (taken = await reader.take());) {
      this.#skipped += taken.skipped;
      await this.#write(taken.value.pixels);
      this.sent++;
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#movedAt = performance.now();
    for (let offset = 0; offset < bytes.length;) {
      offset += await this.#conn.write(offset === 0 ? bytes : bytes.subarray(offset));
      this.#movedAt = performance.now();
    }
    this.#movedAt = undefined;
  }

  /** Lets the client read what is under way: a connection closed with unread bytes would cut it. */
  async #sayGoodbye(reading: Promise<void>): Promise<void> {
    await this.#conn.closeWrite();
    let timer: number | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE));
    await Promise.race([reading, patience]);
    clearTimeout(timer);
  }

  /**
   * Reads and drops whatever the client says. The end of what it says is not its end: it may have shut
   * that direction alone (`nc HOST 8888 < /dev/null`).
   */
  async #readToEnd(): Promise<void> {
    const scratch = new Uint8Array(SCRATCH_BYTES);
    try {
      while (await this.#conn.read(scratch) !== null);
    } catch {
      this.close("left"); // reset by the client, or closed by us: then close() has its reason
    }
  }
}
