/**
 * One client of the server: its connection, one sending loop and one reading loop. It owns the
 * connection and closes it.
 */

import { wallClock } from "../frame/clock.ts";
import type { Frame } from "../frame/frame.ts";
import type { LatestReader } from "../frame/latest.ts";
import { AckWindow } from "../wire/ack_window.ts";
import { formatAnswer, type Hello, type Refusal, type Wire } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import type { Broadcast } from "./broadcast.ts";
import { Greeting } from "./greeting.ts";
import type { Outlet } from "./outlet.ts";

/** How long a client may take to close after the last frame, in milliseconds. */
const GOODBYE = 2000;

/** What clients say is read in pieces of this size. */
const SCRATCH_BYTES = 4096;

/** The rate that a window of acknowledgements is made for where the source names none. */
const USUAL_FPS = 30;

const encoder = new TextEncoder();

/** What is known of whatever a source sends. */
type Numbered = Pick<Frame, "sequence" | "capturedAt" | "kind">;

export class ClientSession {
  /** Address and port, as `192.168.0.7:40112`. */
  readonly peer: string;
  /** The address alone; undefined for a unix socket's client. */
  readonly host: string | undefined;
  /** Whole frames that were sent. */
  sent = 0;
  /** Bytes that were sent. */
  bytes = 0;
  /** What it gets; undefined before its greeting. */
  wire: Wire | undefined;
  #skipped = 0;
  readonly #conn: Deno.Conn;
  readonly #greeting = new Greeting();
  #reader: LatestReader<Numbered> | undefined;
  /** For a client that acknowledges. */
  #window: AckWindow | undefined;
  #lastAck: AckNote | undefined;
  /** Called when there may be room in the window. */
  #onAck = () => {};
  /** Aborted by `close`, and when the server stops: ends the session's own waiting. */
  readonly #over = new AbortController();
  readonly #closed = Promise.withResolvers<void>();
  readonly #released = Promise.withResolvers<void>();
  /** Why the session ended; what is said first stays. */
  #reason: string | undefined;
  /** Whether the last byte has been sent. */
  #finished = false;
  /** When the write under way last moved a byte; undefined while there is none. */
  #movedAt: number | undefined;

  constructor(conn: Deno.Conn) {
    const address = conn.remoteAddr;
    const isIp = "hostname" in address;
    this.host = isIp ? address.hostname : undefined;
    const host = this.host?.includes(":") ? `[${this.host}]` : this.host;
    this.peer = isIp ? `${host}:${address.port}` : "a client";
    this.#conn = conn;
    // The end of a frame must not wait for an answer. (Deno has no such call for TLS.)
    if ("setNoDelay" in conn) (conn as Deno.TcpConn).setNoDelay(true);
  }

  /** Fulfilled when the system has its socket back: that may be long after the end. */
  get released(): Promise<void> {
    return this.#released.promise;
  }

  /** Frames that this client was too slow for: replaced by newer ones before it could take them. */
  get skipped(): number {
    return this.#skipped + Math.max(0, (this.#reader?.missed() ?? 0) - 1);
  }

  /** For how long the client has taken nothing of what waits for it, in milliseconds. */
  get stalledFor(): number {
    const now = performance.now();
    if (this.#movedAt !== undefined) return now - this.#movedAt;
    return this.#window && this.#window.roomIn(now) > 0 ? this.#window.waitingFor(now) : 0;
  }

  /**
   * Sends frames until they end, the client leaves, or `signal` is aborted; a frame once begun is
   * finished. `check` says what speaks against the client, `onWire` is told what it gets. Returns why it
   * ended, in words for the log. Never throws.
   */
  run(
    broadcast: Broadcast,
    { signal, check, onWire }: {
      signal: AbortSignal;
      check: (hello: Hello | undefined) => Refusal | undefined;
      onWire: (wire: Wire) => void;
    },
  ): Promise<string> {
    return this.#run(signal, async (hello, signal) => {
      const refusal = check(hello);
      if (refusal) {
        if (hello) await this.#write(encoder.encode(formatAnswer(refusal)));
        throw new WireError(refusal.message);
      }
      const description = broadcast.describe(hello);
      using way = broadcast.open(description, { spoken: hello !== undefined });
      this.wire = description.wire;
      onWire(description.wire);
      if (hello?.ack) {
        this.#window = new AckWindow({ fps: description.fps ?? USUAL_FPS, now: performance.now() });
      }
      if (hello) await this.#write(encoder.encode(formatAnswer(description)));
      await this.#send(way.outlet as Outlet<Numbered>, broadcast, signal);
    });
  }

  /** Turns the client away: one that speaks is told why. */
  refuse(refusal: Refusal, { signal }: { signal: AbortSignal }): Promise<string> {
    return this.#run(signal, async (hello) => {
      if (hello) await this.#write(encoder.encode(formatAnswer(refusal)));
    });
  }

  /** Closes the connection at once, whatever is under way. Can be called again. */
  close(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#over.abort();
    this.#conn.close();
    this.#closed.resolve();
  }

  async #run(
    outside: AbortSignal,
    serve: (hello: Hello | undefined, signal: AbortSignal) => Promise<void>,
  ): Promise<string> {
    const { signal } = this.#over;
    signal.addEventListener("abort", () => this.#greeting.end(), { once: true });
    const stop = () => this.#over.abort();
    outside.addEventListener("abort", stop, { once: true });
    if (outside.aborted) stop();
    const reading = this.#read();
    const sending = this.#greet()
      .then((hello) => signal.aborted ? undefined : serve(hello, signal))
      .then(() => this.#sayGoodbye(reading))
      .then(() => this.close(outside.aborted ? "stopped" : "done"))
      .catch((thrown) => {
        // A failed write is the one sure sign that a client has left.
        this.close(thrown instanceof WireError ? `refused, ${thrown.message}` : "left");
      });
    sending.then(() => this.#released.resolve());
    // Not `sending` alone: before Deno's pull request 36369, `conn.close()` does not end a write that is
    // stuck. The system then keeps that socket until its client reads on or goes.
    await Promise.race([sending, this.#closed.promise]);
    await reading;
    outside.removeEventListener("abort", stop);
    return this.#reason ?? "left";
  }

  /** What the client said; one that spoke badly is told so. */
  async #greet(): Promise<Hello | undefined> {
    try {
      return await this.#greeting.heard;
    } catch (thrown) {
      if (thrown instanceof WireError) {
        await this.#write(
          encoder.encode(formatAnswer({ error: "hello", message: thrown.message })),
        );
      }
      throw thrown;
    }
  }

  async #send(
    outlet: Outlet<Numbered>,
    { ages, holds }: Broadcast,
    signal: AbortSignal,
  ): Promise<void> {
    if (outlet.preamble.length > 0) await this.#write(outlet.preamble);
    signal.addEventListener("abort", () => this.#onAck(), { once: true });
    using reader = this.#reader = outlet.feed.reader({ signal });
    for (;;) {
      // First the room, then the frame: it is the newest at the moment when it can go.
      if (this.#window) await this.#room(this.#window, signal);
      let taken = await reader.take();
      if (!taken) break;
      if (this.#window) await this.#awaitNewer(reader, taken.value, this.#window);
      if (this.#window && reader.missed() > 0) {
        this.#skipped += taken.skipped + 1;
        taken = await reader.take();
        if (!taken) break;
      }
      this.#skipped += taken.skipped;
      if (holds && taken.value.kind && !outlet.marks) continue;
      this.#window?.sent(performance.now());
      for (const piece of outlet.pieces(taken.value, this.#lastAck)) await this.#write(piece);
      this.sent++;
      ages.add(wallClock() - taken.value.capturedAt);
    }
    // Not when the server is stopped: then the client may wait for the next one.
    if (signal.aborted) return;
    const farewell = outlet.farewell(outlet.feed.ending ?? "over");
    if (farewell.length > 0) await this.#write(farewell);
  }

  /** Waits until the window has room, or abort. */
  async #room(window: AckWindow, signal: AbortSignal): Promise<void> {
    for (let wait; !signal.aborted && (wait = window.roomIn(performance.now())) > 0;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onAck = resolve;
      const timer = wait < Infinity ? setTimeout(resolve, wait) : undefined;
      await promise;
      clearTimeout(timer);
    }
  }

  /** Waits for a frame newer than this one, where that is worth it. */
  async #awaitNewer(
    reader: LatestReader<Numbered>,
    { capturedAt }: Numbered,
    window: AckWindow,
  ): Promise<void> {
    const now = performance.now();
    const worth = window.worthWaiting(wallClock() - capturedAt, now);
    if (worth === 0) return;
    await reader.next(worth);
    window.waited(performance.now() - now);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#movedAt = performance.now();
    for (let offset = 0; offset < bytes.length;) {
      const count = await this.#conn.write(offset === 0 ? bytes : bytes.subarray(offset));
      offset += count;
      this.bytes += count;
      this.#movedAt = performance.now();
    }
    this.#movedAt = undefined;
  }

  /** Lets the client read what is under way: a connection closed with unread bytes would cut it. */
  async #sayGoodbye(reading: Promise<void>): Promise<void> {
    this.#finished = true;
    await this.#conn.closeWrite();
    let timer: number | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE));
    await Promise.race([reading, patience]);
    clearTimeout(timer);
  }

  /**
   * Reads what the client says: its greeting, then acknowledgements; anything else is dropped. The end
   * of what it says is not its end: it may have shut that direction alone (`nc HOST 8888 < /dev/null`).
   * But one that acknowledges, and can't any more, is done.
   */
  async #read(): Promise<void> {
    const scratch = new Uint8Array(SCRATCH_BYTES);
    const greeting = this.#greeting;
    try {
      while (!greeting.over) {
        const count = await this.#conn.read(greeting.space);
        if (count === null) return greeting.end();
        const behind = greeting.filled(count);
        if (behind > 0) this.#hear(behind);
      }
      for (let count; (count = await this.#conn.read(scratch)) !== null;) this.#hear(count);
      if (this.#window && !this.#finished) this.close("left");
    } catch {
      this.close("left"); // reset by the client, or closed by us: then close() has its reason
    }
  }

  /** Takes note of so many bytes, each of which acknowledges one thing sent. */
  #hear(count: number): void {
    if (!this.#window) return;
    this.#window.acknowledged(count, performance.now());
    const last = this.#window.count;
    if (last !== undefined) this.#lastAck = { count: last, at: wallClock() };
    this.#onAck();
  }
}
