/**
 * One live page: its socket, and the streams that it watches. It reads the page's messages, and tells the page of the
 * streams.
 */

import type { Clock } from "../../async/clock.ts";
import { LinkedAbortController } from "../../async/linked_abort_controller.ts";
import { wallClock } from "../../frame/clock.ts";
import { messageOf } from "../../log/failure.ts";
import type { Log } from "../../log/log.ts";
import { parseAcknowledgement } from "../../wire/live_message.ts";
import { parseLiveRequest } from "../../wire/live_request.ts";
import { WireError } from "../../wire/wire_error.ts";
import type { Viewers } from "../viewers.ts";
import {
  BAD_MESSAGE,
  INTERNAL_ERROR,
  type LiveClose,
  type LiveSocket,
  MAX_BUFFERED,
  PROTOCOL_ERROR,
  STALLED,
  STOPPED,
} from "./live_socket.ts";
import { LiveViews } from "./live_views.ts";
import type { ShownStreams } from "./shown_streams.ts";
import { type ListedStreams, StreamsMessage } from "./streams_message.ts";

/** How often the session looks for streams that have come, gone or changed, in milliseconds. */
const CHECK_MS = 200;

/** How often the page is asked to answer at once, in milliseconds. */
const PING_MS = 1000;

/** So many pings follow each other at the beginning: the page may be busy, and later there are pictures on the link. */
const FIRST_PINGS = 4;

/** The longest reason of a close, in bytes (RFC 6455, 5.5). */
const MAX_REASON = 123;

export interface LiveSessionOptions {
  readonly streams: Pick<ShownStreams, "get"> & ListedStreams;
  /** Address and port of the page. */
  readonly peer: string;
  readonly viewers: Viewers;
  /** Seconds without an acknowledgement after which the page is closed. */
  readonly stall: number;
  readonly clock: Clock;
  readonly log: Log;
}

export class LiveSession {
  readonly #socket: LiveSocket;
  readonly #options: LiveSessionOptions;
  readonly #over = Promise.withResolvers<void>();
  #views: LiveViews | undefined;
  /** Why the server closes the socket; undefined while it does not. */
  #closing: LiveClose | undefined;
  /** When the page was asked to answer at once, if it has not yet. */
  #pingedAt: number | undefined;
  #nextPingAt = 0;
  /** The number of the last ping. */
  #pings = 0;

  /** Takes over the socket, which may not be open yet. */
  constructor(socket: LiveSocket, options: LiveSessionOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Serves the page until it leaves, the session closes it, or abort. Never rejects. */
  async run({ signal }: { signal: AbortSignal }): Promise<void> {
    const { streams, peer, viewers, clock, log } = this.#options;
    using stopping = new LinkedAbortController(signal);
    const views = this.#views = new LiveViews({
      find: (name) => streams.get(name),
      post: (message) => this.#socket.send(message),
      isFull: () => this.#isFull,
      tell: (message) => this.#tell(message),
      ...{ peer, viewers, clock, log, signal: stopping.signal },
    });
    const socket = this.#socket;
    socket.addEventListener("message", (event) => {
      if (event instanceof MessageEvent) this.#hear(event.data);
    });
    socket.addEventListener("close", () => this.#over.resolve());
    socket.addEventListener("error", () => this.#over.resolve());
    const onAbort = () => this.#close(STOPPED);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    const news = new StreamsMessage(streams, (name, published) => views.numberOf(name, published));
    let timer: Disposable | undefined;
    const check = () => {
      timer = clock.after(CHECK_MS, check);
      this.#ping();
      if (Math.max(views.waitingFor, this.#pingedFor) > this.#options.stall * 1000) {
        const reason = `acknowledged nothing for ${this.#options.stall} s`;
        log.debug(`${peer} closed (${reason})`);
        return this.#close({ code: STALLED, reason });
      }
      views.follow();
      // A message that would be left out is not told: it is due again.
      const message = this.#isFull ? undefined : news.due(clock.now());
      if (message) this.#tell(message);
    };
    const begin = () => {
      if (this.#closing) socket.close(this.#closing.code, this.#closing.reason);
      else check();
    };
    if (socket.readyState === WebSocket.OPEN) begin();
    else socket.addEventListener("open", begin, { once: true });
    await this.#over.promise;
    timer?.[Symbol.dispose]();
    signal.removeEventListener("abort", onAbort);
    stopping.abort();
    await views.over();
  }

  /** Asks the page to answer at once, unless an answer is due: that shows the round trip, and that it is there. */
  #ping(): void {
    const now = this.#options.clock.now();
    if (this.#pingedAt !== undefined || now < this.#nextPingAt) return;
    this.#pingedAt = now;
    this.#nextPingAt = now + PING_MS;
    this.#send({ type: "ping", number: ++this.#pings });
  }

  /** For how many milliseconds the answer to a ping is due. */
  get #pingedFor(): number {
    return this.#pingedAt === undefined ? 0 : this.#options.clock.now() - this.#pingedAt;
  }

  /** Reads a message of the page. One that is not valid closes the socket. */
  #hear(data: unknown): void {
    try {
      if (typeof data === "string") this.#read(data);
      else if (data instanceof ArrayBuffer) this.#acknowledge(new Uint8Array(data));
    } catch (thrown) {
      if (!(thrown instanceof WireError)) {
        const { peer, log } = this.#options;
        log.warn(`${peer} closed: its message led to an error: ${messageOf(thrown)}`);
        return this.#close(INTERNAL_ERROR);
      }
      const code = typeof data === "string" ? BAD_MESSAGE : PROTOCOL_ERROR;
      this.#close({ code, reason: thrown.message });
    }
  }

  #read(text: string): void {
    const request = parseLiveRequest(text);
    if (request?.type === "watch") this.#views?.watch(request.streams);
    if (request?.type !== "time") return;
    this.#tell({ type: "time", asked: request.asked, time: wallClock() });
  }

  #acknowledge(bytes: Uint8Array): void {
    const acknowledgement = parseAcknowledgement(bytes);
    if (acknowledgement.stream > 0) return this.#views?.acknowledge(acknowledgement);
    if (this.#pingedAt === undefined || acknowledgement.number !== this.#pings) return;
    this.#views?.roundTrip(this.#options.clock.now() - this.#pingedAt);
    this.#pingedAt = undefined;
    if (this.#pings < FIRST_PINGS) this.#nextPingAt = 0;
    this.#ping();
  }

  #tell(message: Readonly<Record<string, unknown>>): void {
    // The end is told once.
    if (message.type === "end" || !this.#isFull) this.#send(message);
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > MAX_BUFFERED;
  }

  #send(message: Readonly<Record<string, unknown>>): void {
    this.#socket.send(JSON.stringify(message));
  }

  /** Ends the session at once. The socket is gone later, if its page does not answer. */
  #close({ code, reason }: LiveClose): void {
    // All reasons are ASCII: a character is a byte.
    this.#closing ??= { code, reason: reason.slice(0, MAX_REASON) };
    // A socket that is not open yet forgets that it was closed.
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.close(this.#closing.code, this.#closing.reason);
    }
    this.#over.resolve();
  }
}
