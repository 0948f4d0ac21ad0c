/** A connection as a stream of Node, for a library that reads and writes one. It owns the connection. */

import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { type Clock, steadyClock } from "../../async/clock.ts";
import type { TakenConnection } from "./deno_http.ts";

/** A page sends little: acknowledgements, and what it watches. */
const READ_BYTES = 16_384;

/**
 * How many bytes a second are read, after so many at once. A page with 25 cameras sends 15 kB a second. One that sends
 * more than it may is read later: it would take the time of all others.
 */
const [BYTES_PER_SECOND, BURST_BYTES] = [131_072, 262_144];

/** A chunk that waits to be written. */
interface Chunk {
  readonly chunk: Buffer;
}

export class ChannelDuplex extends Duplex {
  readonly #channel: TakenConnection;
  readonly #space = new Uint8Array(READ_BYTES);
  readonly #clock: Clock;
  /** How many bytes may be read at `#filledAt`; below 0: more were read. */
  #allowed = BURST_BYTES;
  #filledAt: number;
  #pause: Disposable | undefined;

  constructor(channel: TakenConnection, clock = steadyClock) {
    super({ allowHalfOpen: false });
    this.#channel = channel;
    this.#clock = clock;
    this.#filledAt = clock.now();
  }

  override _read(): void {
    const wait = this.#overdrawnFor();
    if (wait > 0) this.#pause = this.#clock.after(wait, () => this.#read());
    else this.#read();
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#write(chunk).then(() => done(), done);
  }

  /** Writes the head and the payload of a message at once, since the system sends each write by itself. */
  override _writev(chunks: readonly Chunk[], done: (error?: Error | null) => void): void {
    this.#write(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#channel.closeWrite().then(() => done(), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#pause?.[Symbol.dispose]();
    this.#channel.close();
    done(error);
  }

  #read(): void {
    // A copy: what is read is kept until its message is whole.
    this.#channel.read(this.#space).then((count) => {
      this.#allowed -= count ?? 0;
      this.push(count === null ? null : Buffer.from(this.#space.subarray(0, count)));
    }, (thrown) => this.destroy(thrown));
  }

  /** For how many milliseconds nothing may be read. */
  #overdrawnFor(): number {
    const now = this.#clock.now();
    const more = (now - this.#filledAt) * BYTES_PER_SECOND / 1000;
    this.#allowed = Math.min(BURST_BYTES, this.#allowed + more);
    this.#filledAt = now;
    return -this.#allowed * 1000 / BYTES_PER_SECOND;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#channel.write(bytes.subarray(at));
  }
}
