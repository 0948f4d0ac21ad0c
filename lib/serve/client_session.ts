/** One client of the server, from its greeting to its end: admission, then the sending loop. It owns the client's link. */

import { type Clock, steadyClock } from "../async/clock.ts";
import { LinkedAbortController } from "../async/linked_abort_controller.ts";
import { formatListing } from "../wire/listing.ts";
import type { Hello, Wire } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import { ClientLink } from "./client_link.ts";
import type { ByteChannel, Connection } from "./connection.ts";
import { FrameSending } from "./frame_sending.ts";
import { type AccessRefusal, DONE, LEFT, type SessionEnd, STOPPED } from "./refusal.ts";
import type { SessionControl, StreamChoice } from "./session_control.ts";
import { chooseStream } from "./choose_stream.ts";
import { UnitSending } from "./unit_sending.ts";
import type { Viewer } from "./viewers.ts";

/** How long a client may take until it is admitted or has read why not, the TLS handshake included. */
const ADMISSION_MS = 2500;
const SLOW_GREETING: SessionEnd = {
  kind: "slow greeting",
  reason: `closed (no complete greeting within ${ADMISSION_MS / 1000} s)`,
};

const encoder = new TextEncoder();

/** What the session does; each state can be followed by any later one. */
type State =
  | { readonly name: "greeting" }
  | { readonly name: "sending" }
  /** The last byte is sent; the client may read it and close. */
  | { readonly name: "goodbye"; readonly end: SessionEnd }
  | { readonly name: "closed"; readonly end: SessionEnd };

export class ClientSession implements Viewer {
  /** The format that the client gets; undefined until it is admitted. */
  wire: Wire | undefined;
  #state: State = { name: "greeting" };
  readonly #clock: Clock;
  readonly #link: ClientLink;
  /** Undefined until the client is admitted. */
  #sending: FrameSending | UnitSending | undefined;

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

  /** Whole frames sent. */
  get sent(): number {
    return this.#sending?.sent ?? 0;
  }

  /** Frames that were replaced by newer ones before this client could take them. */
  get skipped(): number {
    return this.#sending?.skipped ?? 0;
  }

  /** For how many milliseconds the client has taken none of what waits for it. */
  get stalledFor(): number {
    return this.#link.stuckFor ?? this.#sending?.stalledFor ?? 0;
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
    const lack = await published.refusal(hello);
    if (lack) return await this.#refuse(lack, { isSilent: hello === undefined });
    this.#move({ name: "sending" });
    const description = published.describe(hello);
    using subscription = published.subscribe(description, { hello, signal });
    // At once: a lossless stream waits for its readers only.
    const options = {
      ...{ link: this.#link, published, acks: hello?.ack ?? false, fps: description.fps },
      ...{ path: description.via?.join(), signal, clock: this.#clock },
    };
    using sending = "units" in subscription
      ? new UnitSending(subscription.muxer, subscription.units, options)
      : new FrameSending(subscription.muxer, options);
    this.#sending = sending;
    this.wire = description.wire;
    onWire(description.wire);
    if (hello) await this.#link.answer({ ...description, stream: hello.stream });
    await sending.run();
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

  /** Reads what the client sends. A client that acknowledged, and no longer can, has left. */
  async #read(): Promise<void> {
    try {
      // Each byte acknowledges the answer line or one frame.
      await this.#link.listen((count) => this.#sending?.acknowledged(count));
      if (this.#sending?.acknowledges && this.#state.name === "sending") this.close(LEFT);
    } catch {
      this.close(LEFT); // reset by the client; or closed by us, and then the reason stays
    }
  }
}
