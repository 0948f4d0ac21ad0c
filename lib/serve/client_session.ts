/** One client of the server: whether it is let in, and its sending loop. It owns the client's link. */

import { wallClock } from "../frame/clock.ts";
import type { Frame } from "../frame/frame.ts";
import type { LatestReader } from "../frame/latest.ts";
import { AckWindow } from "../wire/ack_window.ts";
import type { Hello, Refusal, Wire } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import type { PublishedStream } from "./published_stream.ts";
import { ClientLink } from "./client_link.ts";
import type { Connection } from "./connection.ts";
import type { Muxer } from "./muxer.ts";

/**
 * How long a client may take until it is accepted or has read why not, the TLS handshake included, in
 * milliseconds.
 */
const ADMISSION = 2500;

/** The rate that a window of acknowledgements is made for where the source names none. */
const USUAL_FPS = 30;

/** What is known of whatever a source sends. */
type Numbered = Pick<Frame, "sequence" | "capturedAt" | "kind">;

export class ClientSession {
  /** Whole frames that were sent. */
  sent = 0;
  /** What it gets; undefined until it is accepted. */
  wire: Wire | undefined;
  #skipped = 0;
  readonly #link: ClientLink;
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

  constructor(connection: Connection) {
    this.#link = new ClientLink(connection);
  }

  /** Address and port, as `192.168.0.7:40112`. */
  get peer(): string {
    return this.#link.peer;
  }

  /** The address alone; undefined for a unix socket's client. */
  get host(): string | undefined {
    return this.#link.host;
  }

  /** Bytes that were sent. */
  get bytes(): number {
    return this.#link.bytes;
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
    const { stuckFor } = this.#link;
    if (stuckFor !== undefined) return stuckFor;
    const now = performance.now();
    return this.#window && this.#window.roomIn(now) > 0 ? this.#window.waitingFor(now) : 0;
  }

  /**
   * Sends frames until they end, the client leaves, or `signal` is aborted; a frame once begun is
   * finished. `admit` lets the client in once its greeting is heard, or says why not; `onWire` is told
   * what it gets. Returns why it ended, in words for the log. Never throws.
   */
  async run(
    published: PublishedStream,
    { signal: outside, admit, onWire }: {
      signal: AbortSignal;
      admit: (hello: Hello | undefined) => Refusal | undefined;
      onWire: (wire: Wire) => void;
    },
  ): Promise<string> {
    const { signal } = this.#over;
    signal.addEventListener("abort", () => this.#link.stopWaiting(), { once: true });
    const stop = () => this.#over.abort();
    outside.addEventListener("abort", stop, { once: true });
    if (outside.aborted) stop();
    const tooLong = () => this.close("closed, it did not finish its greeting");
    const deadline = setTimeout(tooLong, ADMISSION);
    const accepted = (hello: Hello | undefined) => {
      const refusal = admit(hello);
      if (!refusal) clearTimeout(deadline);
      return refusal;
    };
    const reading = this.#read();
    const sending = this.#serve(published, { reading, signal, admit: accepted, onWire })
      .then(() => this.close(outside.aborted ? "stopped" : "done"))
      .catch((thrown) => {
        // A failed write is the one sure sign that a client has left.
        this.close(thrown instanceof WireError ? `refused: ${thrown.message}` : "left");
      });
    Promise.all([sending, this.#link.released]).then(() => this.#released.resolve());
    // Not `sending` alone: before Deno's pull request 36369, `conn.close()` does not end a write that is
    // stuck. The system then keeps that socket until its client reads on or goes.
    await Promise.race([sending, this.#closed.promise]);
    await reading;
    clearTimeout(deadline);
    outside.removeEventListener("abort", stop);
    return this.#reason ?? "left";
  }

  /** Closes the connection at once, whatever is under way. Can be called again. */
  close(reason: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#over.abort();
    this.#link.close();
    this.#closed.resolve();
  }

  /** Serves the client from its greeting to the end. A `WireError` says why it is refused. */
  async #serve(
    published: PublishedStream,
    { reading, signal, admit, onWire }: {
      reading: Promise<void>;
      signal: AbortSignal;
      admit: (hello: Hello | undefined) => Refusal | undefined;
      onWire: (wire: Wire) => void;
    },
  ): Promise<void> {
    const hello = await this.#link.heard(reading);
    if (signal.aborted) return;
    const refusal = admit(hello);
    if (refusal) {
      if (hello) await this.#link.refuse(refusal, reading);
      throw new WireError(refusal.message);
    }
    const description = published.describe(hello);
    using way = published.open(description, { spoken: hello !== undefined });
    this.wire = description.wire;
    onWire(description.wire);
    if (hello?.ack) {
      this.#window = new AckWindow({ fps: description.fps ?? USUAL_FPS, now: performance.now() });
    }
    if (hello) await this.#link.answer(description);
    await this.#send(way.outlet as Muxer<Numbered>, published, signal);
    this.#finished = true;
    await this.#link.sayGoodbye(reading);
  }

  async #send(
    outlet: Muxer<Numbered>,
    { ages, holds }: PublishedStream,
    signal: AbortSignal,
  ): Promise<void> {
    if (outlet.preamble.length > 0) await this.#link.write(outlet.preamble);
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
      for (const piece of outlet.pieces(taken.value, this.#lastAck)) await this.#link.write(piece);
      this.sent++;
      ages.add(wallClock() - taken.value.capturedAt);
    }
    // Not when the server is stopped: then the client may wait for the next one.
    if (signal.aborted) return;
    const farewell = outlet.farewell(outlet.feed.ending ?? "over");
    if (farewell.length > 0) await this.#link.write(farewell);
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

  /** Reads what the client says. One that acknowledges, and can't any more, is done. */
  async #read(): Promise<void> {
    try {
      await this.#link.listen((count) => this.#hear(count));
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
