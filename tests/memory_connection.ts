/** A connection in memory with two ends, for tests without a port. It behaves like a TCP connection. */

import type { ByteChannel, Connection } from "../lib/serve/connection.ts";

/** One direction: bytes wait here until the reader takes them. */
class Pipe {
  readonly #capacity: number;
  #bytes = new Uint8Array();
  /** The writer has ended the direction. */
  #isEnded = false;
  /** What both sides get instead of bytes. */
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** Waits for room, then takes as many bytes as fit. */
  async write(bytes: Uint8Array): Promise<number> {
    while (!this.#failure && this.#bytes.length >= this.#capacity) await this.#changed.promise;
    if (this.#failure) throw this.#failure;
    const count = Math.min(bytes.length, this.#capacity - this.#bytes.length);
    this.#set(Uint8Array.of(...this.#bytes, ...bytes.subarray(0, count)));
    return count;
  }

  /** Waits for bytes or the end. */
  async read(space: Uint8Array): Promise<number | null> {
    while (!this.#failure && !this.#isEnded && this.#bytes.length === 0) {
      await this.#changed.promise;
    }
    if (this.#failure) throw this.#failure;
    return this.#bytes.length === 0 ? null : this.take(space);
  }

  /** Moves the bytes that are there now. */
  take(space: Uint8Array): number {
    const count = Math.min(space.length, this.#bytes.length);
    space.set(this.#bytes.subarray(0, count));
    this.#set(this.#bytes.slice(count));
    return count;
  }

  end(): void {
    this.#isEnded = true;
    this.#set(this.#bytes);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  fail(failure: Error): void {
    this.#failure ??= failure;
    this.#set(this.#bytes);
  }

  #set(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}

/** The far end, as a test uses it: nothing here waits. */
export class MemoryPeer {
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;

  constructor(incoming: Pipe, outgoing: Pipe) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Sends bytes, or text as ASCII. */
  send(data: string | Uint8Array): void {
    void this.#outgoing.write(typeof data === "string" ? new TextEncoder().encode(data) : data);
  }

  /** Takes at most `most` of the bytes that have arrived. */
  receive(most = Infinity): Uint8Array {
    const bytes = new Uint8Array(Math.min(most, this.#incoming.size));
    this.#incoming.take(bytes);
    return bytes;
  }

  /** Takes all that has arrived, as Latin-1 text. */
  receiveText(): string {
    return new TextDecoder("latin1").decode(this.receive());
  }

  /** Whether the other end has ended its sending direction. */
  get sawEnd(): boolean {
    return this.#incoming.isEnded;
  }

  /** Ends the sending direction; the other one stays open. */
  closeWrite(): void {
    this.#outgoing.end();
  }

  /** Closes both directions: the other end reads the end, and cannot write. */
  close(): void {
    this.#outgoing.end();
    this.#incoming.fail(new Deno.errors.BrokenPipe());
  }

  /** Resets the connection. */
  reset(): void {
    for (const pipe of [this.#outgoing, this.#incoming]) {
      pipe.fail(new Deno.errors.ConnectionReset());
    }
  }
}

export interface MemoryConnectionOptions {
  /** So many bytes fit between the writer and the reader of a direction. */
  readonly capacity?: number;
  readonly remoteAddr?: Deno.Addr;
  /** `open` waits for this first: a TLS handshake. */
  readonly handshake?: Promise<void>;
  /** As in Deno 2.7, `close` does not end a write that is stuck. */
  readonly keepsStuckWrites?: boolean;
}

/** The near end, as a listener gives it, and its peer. */
export class MemoryConnection implements Connection<ByteChannel> {
  readonly peer: MemoryPeer;
  readonly remoteAddr: Deno.Addr;
  readonly released = Promise.resolve();
  isOpened = false;
  isClosed = false;
  /** How many times bytes were written. */
  writes = 0;
  readonly #options: MemoryConnectionOptions;
  readonly #incoming: Pipe;
  readonly #outgoing: Pipe;
  readonly #closing = Promise.withResolvers<never>();

  constructor(options: MemoryConnectionOptions = {}) {
    const { capacity = 1_000_000, remoteAddr } = options;
    this.#options = options;
    this.#incoming = new Pipe(capacity);
    this.#outgoing = new Pipe(capacity);
    this.peer = new MemoryPeer(this.#outgoing, this.#incoming);
    this.remoteAddr = remoteAddr ?? { transport: "tcp", hostname: "192.0.2.1", port: 7 };
    this.#closing.promise.catch(() => {});
  }

  async open(): Promise<ByteChannel> {
    this.isOpened = true;
    await Promise.race([this.#options.handshake, this.#closing.promise]);
    return {
      read: (space) => this.#incoming.read(space),
      write: (bytes) => {
        this.writes++;
        if (this.isClosed) return Promise.reject(new Deno.errors.BadResource());
        return this.#outgoing.write(bytes);
      },
      closeWrite: () => {
        this.#outgoing.end();
        return Promise.resolve();
      },
    };
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#closing.reject(new Deno.errors.Interrupted());
    this.#incoming.fail(new Deno.errors.Interrupted());
    this.#outgoing.end();
    if (!this.#options.keepsStuckWrites) this.#outgoing.fail(new Deno.errors.BadResource());
  }
}
