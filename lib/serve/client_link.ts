/** The connection of one client of the wire: its reading loop, the greeting, and timed writes. It owns the connection. */

import { type Clock, steadyClock } from "../async/clock.ts";
import { formatHostPort } from "../wire/address.ts";
import { formatAnswer, type Hello, type Refusal, type StreamDescription } from "../wire/hello.ts";
import type { ByteChannel, Connection } from "./connection.ts";
import { Greeting } from "./greeting.ts";

/** How long a client may take to close after the last byte. */
const GOODBYE_MS = 2000;

/** The size of the reads after the greeting. */
const READ_BYTES = 4096;

/**
 * Pieces of so many bytes together are one write. With TLS each write is at least one record, and Deno cannot set
 * TCP_NODELAY for it: a second small one would wait up to 40 ms for the acknowledgement of the first.
 */
const ONE_WRITE_BYTES = 16_384;

const encoder = new TextEncoder();

export class ClientLink {
  /** Address and port, as `192.168.0.7:40112`. */
  readonly peer: string;
  /** The address alone; undefined for a client of a unix socket. */
  readonly host: string | undefined;
  /** Bytes sent. */
  bytes = 0;
  readonly #clock: Clock;
  readonly #connection: Connection<ByteChannel>;
  readonly #greeting: Greeting;
  readonly #closed = Promise.withResolvers<void>();
  /** Undefined until the connection is open. */
  #channel: ByteChannel | undefined;
  #reading: Promise<void> = Promise.resolve();
  /** The last write. It never rejects. */
  #writing: Promise<void> = Promise.resolve();
  /** When the current write last moved a byte; undefined without one. */
  #movedAt: number | undefined;

  /** Takes over `connection`. */
  constructor(
    connection: Connection<ByteChannel>,
    { clock = steadyClock }: { clock?: Clock } = {},
  ) {
    const address = connection.remoteAddr;
    const isIp = "hostname" in address;
    this.host = isIp ? address.hostname : undefined;
    this.peer = isIp ? formatHostPort(address) : "a client";
    this.#connection = connection;
    this.#clock = clock;
    this.#greeting = new Greeting(clock);
  }

  /** Resolves when `close` is called. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /**
   * Resolves when the system has the socket back. That may be long after `close`: before Deno's pull request 36369,
   * closing a connection does not end a write that is stuck, and the socket stays until its client reads on or leaves.
   */
  get released(): Promise<void> {
    return this.#closed.promise.then(() => this.#writing).then(() => this.#connection.released);
  }

  /** For how many milliseconds the current write has moved no byte; undefined without a write. */
  get stuckFor(): number | undefined {
    return this.#movedAt === undefined ? undefined : this.#clock.now() - this.#movedAt;
  }

  /**
   * Opens the connection and reads until the client ends its direction: first the greeting, then other bytes, whose
   * count `hear` gets. That end is not the end of the client: it may have closed one direction only
   * (`nc HOST 8888 < /dev/null`). Rejects if the connection fails.
   */
  listen(hear: (count: number) => void): Promise<void> {
    this.#reading = this.#read(hear);
    return this.#reading;
  }

  async #read(hear: (count: number) => void): Promise<void> {
    const greeting = this.#greeting;
    const channel = this.#channel = await this.#connection.open();
    greeting.begin();
    while (!greeting.isOver) {
      const count = await channel.read(greeting.space);
      if (count === null) return greeting.end();
      const behind = greeting.filled(count);
      if (behind > 0) hear(behind);
    }
    const scratch = new Uint8Array(READ_BYTES);
    for (let count; (count = await channel.read(scratch)) !== null;) hear(count);
  }

  /** The client's greeting; undefined for a silent client. Rejects with a `WireError` if it is not valid. */
  get hello(): Promise<Hello | undefined> {
    return this.#greeting.hello;
  }

  /** Ends the wait for the greeting: a client that has sent nothing so far is silent. */
  stopWaiting(): void {
    this.#greeting.end();
  }

  /** Answers a greeting. */
  async answer(what: Refusal | StreamDescription): Promise<void> {
    await this.write(encoder.encode(formatAnswer(what)));
  }

  /** Tells the client why it is refused, if it can be told. */
  async refuse(refusal: Refusal): Promise<void> {
    if (!this.#channel) return;
    await this.answer(refusal);
    // A TLS connection that closes at once drops the bytes on the way.
    await this.sayGoodbye();
  }

  /** Writes all of the pieces, in order. One call at a time. */
  write(...pieces: Uint8Array[]): Promise<void> {
    const writing = this.#write(pieces);
    this.#writing = writing.catch(() => {});
    return writing;
  }

  async #write(pieces: Uint8Array[]): Promise<void> {
    const channel = this.#channel;
    if (!channel) throw new Error("the connection is not open");
    this.#movedAt = this.#clock.now();
    for (const bytes of joinSmall(pieces)) {
      for (let offset = 0; offset < bytes.length;) {
        const count = await channel.write(offset === 0 ? bytes : bytes.subarray(offset));
        offset += count;
        this.bytes += count;
        this.#movedAt = this.#clock.now();
      }
    }
    this.#movedAt = undefined;
  }

  /**
   * Ends the sending direction and waits, at most `GOODBYE_MS`, until the client has ended its own: a connection that
   * closes with unread bytes would lose those on the way to the client.
   */
  async sayGoodbye(): Promise<void> {
    await this.#channel?.closeWrite();
    const { promise: over, resolve } = Promise.withResolvers<void>();
    using _timer = this.#clock.after(GOODBYE_MS, resolve);
    await Promise.race([this.#reading, over]);
  }

  /** Closes the connection at once. Can be called again. */
  close(): void {
    this.#greeting.end();
    this.#connection.close();
    this.#closed.resolve();
  }
}

/** The pieces as one where they are small. */
function joinSmall(pieces: Uint8Array[]): Uint8Array[] {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  if (pieces.length < 2 || size > ONE_WRITE_BYTES) return pieces;
  const all = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return [all];
}
