/** One client of the server, from its greeting to its end: admission, then the sending loop. It owns the client's link. */

import { type Clock, steadyClock } from "../async/clock.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { wallClock } from "../frame/clock.ts";
import type { Frame } from "../frame/frame.ts";
import type { LatestReader } from "../frame/latest.ts";
import { AckWindow } from "../wire/ack_window.ts";
import { formatListing } from "../wire/listing.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import type { AckNote } from "../wire/wire_frame.ts";
import { ClientLink } from "./client_link.ts";
import type { ByteChannel, Connection } from "./connection.ts";
import type { Muxer } from "./muxer.ts";
import { type AccessRefusal, DONE, LEFT, type SessionEnd, STOPPED } from "./refusal.ts";
import type { Publication, SessionControl, StreamChoice } from "./session_control.ts";
import { chooseStream } from "./choose_stream.ts";
import type { Viewer } from "./viewers.ts";

/** How long a client may take until it is admitted or has read why not, the TLS handshake included. */
const ADMISSION_MS = 2500;
const SLOW_GREETING: SessionEnd = {
  kind: "slow greeting",
  reason: `closed (no complete greeting within ${ADMISSION_MS / 1000} s)`,
};

const encoder = new TextEncoder();

/** The rate for the window of acknowledgements if the source does not give one. */
const USUAL_FPS = 30;

/** What every muxer's values have. */
type Numbered = Pick<Frame, "sequence" | "capturedAt" | "kind">;

/** What the session does; each state can be followed by any later one. */
type State =
  | { readonly name: "greeting" }
  | { readonly name: "sending" }
  /** The last byte is sent; the client may read it and close. */
  | { readonly name: "goodbye"; readonly end: SessionEnd }
  | { readonly name: "closed"; readonly end: SessionEnd };

export class ClientSession implements Viewer {
  /** Whole frames sent. */
  sent = 0;
  /** The format that the client gets; undefined until it is admitted. */
  wire: Wire | undefined;
  #state: State = { name: "greeting" };
  #skipped = 0;
  readonly #clock: Clock;
  readonly #link: ClientLink;
  #reader: LatestReader<Numbered> | undefined;
  /** For a client that acknowledges. */
  #window: AckWindow | undefined;
  #lastAck: AckNote | undefined;
  /** The path of the stream that a server was told; undefined for other clients. */
  #path: string | undefined;
  /** Called when the window may have room. */
  #onAck = () => {};

  /** Takes over `connection`. */
  constructor(
    connection: Connection<ByteChannel>,
    { clock = steadyClock }: { clock?: Clock } = {},
  ) {
    this.#clock = clock;
    this.#link = new ClientLink(connection, { clock });
  }

  /** Address and port, as `192.168.0.7:40112`. */
  get peer(): string {
    return this.#link.peer;
  }

  /** The address alone; undefined for a client of a unix socket. */
  get host(): string | undefined {
    return this.#link.host;
  }

  /** Bytes sent. */
  get bytes(): number {
    return this.#link.bytes;
  }

  get state(): State["name"] {
    return this.#state.name;
  }

  /** Resolves when the system has the socket back, which may be long after the end. */
  get released(): Promise<void> {
    return this.#link.released;
  }

  /** Frames that were replaced by newer ones before this client could take them. */
  get skipped(): number {
    return this.#skipped + Math.max(0, (this.#reader?.missed() ?? 0) - 1);
  }

  /** For how many milliseconds the client has taken none of what waits for it. */
  get stalledFor(): number {
    const { stuckFor } = this.#link;
    if (stuckFor !== undefined) return stuckFor;
    const now = this.#clock.now();
    return this.#window && this.#window.roomIn(now) > 0 ? this.#window.waitingFor(now) : 0;
  }

  /**
   * Sends frames until they end, the client leaves, or `signal` is aborted; a frame once begun is finished. Returns
   * why it ended. Never rejects.
   */
  async run(streams: StreamChoice, control: SessionControl): Promise<SessionEnd> {
    if (this.#end) return this.#end;
    using stopping = new LinkedAbortController(control.signal);
    const { signal } = stopping;
    this.#link.closed.then(() => stopping.abort());
    signal.addEventListener("abort", () => this.#link.stopWaiting(), { once: true });
    if (signal.aborted) this.#link.stopWaiting();
    using deadline = this.#clock.after(ADMISSION_MS, () => this.close(SLOW_GREETING));
    const admit = (hello: Hello | undefined) => {
      const refusal = control.admit(hello);
      if (!refusal) deadline[Symbol.dispose]();
      return refusal;
    };
    const reading = this.#read();
    const serving = this.#serve(streams, { ...control, signal, admit })
      // A failed write is the one sure sign that a client has left.
      .then((end) => this.close(end), () => this.close(LEFT));
    // Not `serving` alone: a write that is stuck may end long after `close` (see `ClientLink.released`).
    await Promise.race([serving, this.#link.closed]);
    await reading;
    return this.#end ?? LEFT;
  }

  /** Closes the connection at once, in any state. Can be called again: the first reason stays. */
  close(end: SessionEnd): void {
    if (this.#state.name === "closed") return;
    this.#state = { name: "closed", end: this.#end ?? end };
    this.#link.close();
  }

  /** Why it ends, once that is known. */
  get #end(): SessionEnd | undefined {
    return "end" in this.#state ? this.#state.end : undefined;
  }

  #move(state: State): void {
    if (this.#state.name !== "closed") this.#state = state;
  }

  /** Serves the client from its greeting to the goodbye. Returns why it ended; rejects if the connection fails. */
  async #serve(
    streams: StreamChoice,
    { signal, admit, onWire }: SessionControl,
  ): Promise<SessionEnd> {
    let hello: Hello | undefined;
    try {
      hello = await this.#link.hello;
    } catch (thrown) {
      if (!(thrown instanceof WireError)) throw thrown;
      if (signal.aborted) return STOPPED;
      const refusal = { kind: "bad greeting", error: "hello", message: thrown.message } as const;
      return await this.#refuse(refusal, { isSilent: false });
    }
    if (signal.aborted) return STOPPED;
    const refusal = admit(hello);
    if (refusal) return await this.#refuse(refusal, { isSilent: hello === undefined });
    if (hello?.list) {
      onWire("list");
      await this.#link.write(encoder.encode(formatListing(streams.list())));
      this.#move({ name: "goodbye", end: DONE });
      await this.#link.sayGoodbye();
      return DONE;
    }
    const published = chooseStream(streams, hello);
    if ("error" in published) {
      return await this.#refuse(published, { isSilent: hello === undefined });
    }
    this.#move({ name: "sending" });
    const description = published.describe(hello);
    using subscription = published.subscribe(description, { spoken: hello !== undefined, signal });
    const muxer = subscription.muxer as Muxer<Numbered>;
    // At once: a lossless stream waits for its readers only.
    using reader = muxer.frames.isLossless
      ? muxer.frames.reader({ signal, every: true })
      : undefined;
    this.wire = description.wire;
    onWire(description.wire);
    this.#path = description.via?.join();
    if (hello?.ack) {
      const now = this.#clock.now();
      this.#window = new AckWindow({ fps: description.fps ?? USUAL_FPS, now });
    }
    if (hello) await this.#link.answer({ ...description, stream: hello.stream });
    await this.#send(muxer, { published, reader, signal });
    const end = signal.aborted ? STOPPED : DONE;
    this.#move({ name: "goodbye", end });
    await this.#link.sayGoodbye();
    return end;
  }

  /** Refuses the client. A silent one expects no answer. */
  async #refuse(refusal: AccessRefusal, { isSilent }: { isSilent: boolean }): Promise<SessionEnd> {
    const end = { kind: refusal.kind, reason: `refused: ${refusal.message}` };
    this.#move({ name: "goodbye", end });
    if (!isSilent) await this.#link.refuse(refusal);
    return end;
  }

  async #send(
    muxer: Muxer<Numbered>,
    { published, reader: lossless, signal }: {
      published: Publication;
      /** Of a lossless stream. */
      reader: LatestReader<Numbered> | undefined;
      signal: AbortSignal;
    },
  ): Promise<void> {
    const { ages, holds } = published;
    if (muxer.header.length > 0) await this.#link.write(muxer.header);
    signal.addEventListener("abort", () => this.#onAck(), { once: true });
    using reader = this.#reader = lossless ?? muxer.frames.reader({ signal });
    for (;;) {
      // First the room, then the frame: so it is the newest one when it can be sent.
      if (this.#window) await this.#room(this.#window, signal);
      let taken = await reader.take();
      if (!taken) break;
      if (this.#window && !lossless) await this.#awaitNewer(reader, taken.value, this.#window);
      if (this.#window && !lossless && reader.missed() > 0) {
        this.#skipped += taken.skipped + 1;
        taken = await reader.take();
        if (!taken) break;
      }
      // A server that connects again learns the new path, in which it may find itself.
      if (this.#path !== undefined && this.#path !== published.via.join()) return;
      this.#skipped += taken.skipped;
      if (holds && taken.value.kind && !muxer.marks) continue;
      this.#window?.sent(this.#clock.now());
      await this.#link.write(...muxer.pieces(taken.value, this.#lastAck));
      this.sent++;
      if (!lossless) ages.add(wallClock() - taken.value.capturedAt);
    }
    // No trailer if the server is stopped: the client may wait for the next server. A stream that fails stops it too.
    const { ending = "over" } = published;
    if (signal.aborted && ending !== "failed") return;
    const trailer = muxer.trailer(ending);
    if (trailer.length > 0) await this.#link.write(trailer);
  }

  /** Waits until the window has room, or abort. */
  async #room(window: AckWindow, signal: AbortSignal): Promise<void> {
    for (let wait; !signal.aborted && (wait = window.roomIn(this.#clock.now())) > 0;) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onAck = resolve;
      using _timer = wait < Infinity ? this.#clock.after(wait, resolve) : undefined;
      await promise;
    }
  }

  /** Waits for a newer frame than this one if that is worth it. */
  async #awaitNewer(
    reader: LatestReader<Numbered>,
    { capturedAt }: Numbered,
    window: AckWindow,
  ): Promise<void> {
    const now = this.#clock.now();
    const wait = window.worthWaiting(wallClock() - capturedAt, now);
    if (wait === 0) return;
    await reader.next(wait);
    window.waited(this.#clock.now() - now);
  }

  /** Reads what the client sends. A client that acknowledged, and no longer can, has left. */
  async #read(): Promise<void> {
    try {
      await this.#link.listen((count) => this.#hear(count));
      if (this.#window && this.#state.name === "sending") this.close(LEFT);
    } catch {
      this.close(LEFT); // reset by the client; or closed by us, and then the reason stays
    }
  }

  /** Counts bytes from the client, each of which acknowledges the answer line or one frame. */
  #hear(count: number): void {
    if (!this.#window) return;
    this.#window.acknowledged(count, this.#clock.now());
    const last = this.#window.count;
    if (last !== undefined) this.#lastAck = { count: last, at: wallClock() };
    this.#onAck();
  }
}
