/**
 * The connection of one client of the wire: its reading loop, the greeting, and measured writes. It owns
 * the connection and closes it.
 */

import { formatHostPort } from "../wire/address.ts";
import { formatAnswer, type Hello, type Refusal, type StreamDescription } from "../wire/hello.ts";
import { WireError } from "../wire/wire_error.ts";
import type { Connection } from "./connection.ts";
import { Greeting } from "./greeting.ts";

/** How long a client may take to close after the last frame, in milliseconds. */
const GOODBYE = 2000;

/** What clients say is read in pieces of this size. */
const SCRATCH_BYTES = 4096;

const encoder = new TextEncoder();

export class ClientLink {
  /** Address and port, as `192.168.0.7:40112`. */
  readonly peer: string;
  /** The address alone; undefined for a unix socket's client. */
  readonly host: string | undefined;
  /** Bytes that were sent. */
  bytes = 0;
  readonly #connection: Connection;
  readonly #greeting = new Greeting();
  /** Undefined before the connection is open. */
  #conn: Deno.Conn | undefined;
  /** When the write under way last moved a byte; undefined while there is none. */
  #movedAt: number | undefined;

  constructor(connection: Connection) {
    const address = connection.remoteAddr;
    const isIp = "hostname" in address;
    this.host = isIp ? address.hostname : undefined;
    this.peer = isIp ? formatHostPort(address) : "a client";
    this.#connection = connection;
  }

  /** Fulfilled when nothing but our own writes can hold the socket. */
  get released(): Promise<void> {
    return this.#connection.released;
  }

  /** For how long the write under way has moved no byte, in milliseconds; undefined without one. */
  get stuckFor(): number | undefined {
    return this.#movedAt === undefined ? undefined : performance.now() - this.#movedAt;
  }

  /**
   * Opens the connection and reads until the client says no more: first its greeting, then whatever
   * comes; `hear` is told how many bytes. The end of what it says is not its end: it may have shut that
   * direction alone (`nc HOST 8888 < /dev/null`). Fails where the connection does.
   */
  async listen(hear: (count: number) => void): Promise<void> {
    const greeting = this.#greeting;
    const conn = await this.#connection.open();
    this.#conn = conn;
    greeting.begin();
    while (!greeting.isOver) {
      const count = await conn.read(greeting.space);
      if (count === null) return greeting.end();
      const behind = greeting.filled(count);
      if (behind > 0) hear(behind);
    }
    const scratch = new Uint8Array(SCRATCH_BYTES);
    for (let count; (count = await conn.read(scratch)) !== null;) hear(count);
  }

  /**
   * The client's greeting; undefined for a silent client. Throws a `WireError` where the greeting is damaged, after the
   * client has been told. `reading` is what `listen` returned.
   */
  async heard(reading: Promise<void>): Promise<Hello | undefined> {
    try {
      return await this.#greeting.heard;
    } catch (thrown) {
      if (thrown instanceof WireError && this.#conn) {
        await this.refuse({ error: "hello", message: thrown.message }, reading);
      }
      throw thrown;
    }
  }

  /**
   * Tells the client why it is refused, and lets it read that: a TLS connection that is closed at once drops what is
   * under way. `reading` is what `listen` returned.
   */
  async refuse(refusal: Refusal, reading: Promise<void>): Promise<void> {
    await this.answer(refusal);
    await this.sayGoodbye(reading);
  }

  /** Waits for the greeting no longer: a client that has said nothing yet is silent. */
  stopWaiting(): void {
    this.#greeting.end();
  }

  /** Answers a greeting. */
  async answer(what: Refusal | StreamDescription): Promise<void> {
    await this.write(encoder.encode(formatAnswer(what)));
  }

  /** Writes all of it. */
  async write(bytes: Uint8Array): Promise<void> {
    if (!this.#conn) throw new Error("the connection is not open");
    this.#movedAt = performance.now();
    for (let offset = 0; offset < bytes.length;) {
      const count = await this.#conn.write(offset === 0 ? bytes : bytes.subarray(offset));
      offset += count;
      this.bytes += count;
      this.#movedAt = performance.now();
    }
    this.#movedAt = undefined;
  }

  /**
   * Says that no more comes, and lets the client read what is under way: a connection closed with unread
   * bytes would cut it. `reading` is what `listen` returned.
   */
  async sayGoodbye(reading: Promise<void>): Promise<void> {
    await this.#conn?.closeWrite();
    let timer: number | undefined;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, GOODBYE));
    await Promise.race([reading, patience]);
    clearTimeout(timer);
  }

  /** Closes the connection at once. Can be called again. */
  close(): void {
    this.#greeting.end();
    this.#connection.close();
  }
}
